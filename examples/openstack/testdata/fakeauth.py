"""A filter for glance-api that believes every token: user:project:role."""


def factory(global_conf, **conf):
    def confirmed(app):
        def call(environ, start_response):
            parts = environ.get("HTTP_X_AUTH_TOKEN", "").split(":")
            if len(parts) == 3:
                names = ("HTTP_X_USER_ID", "HTTP_X_PROJECT_ID", "HTTP_X_ROLES")
                environ.update(zip(names, parts), HTTP_X_IDENTITY_STATUS="Confirmed")
            return app(environ, start_response)

        return call

    return confirmed
