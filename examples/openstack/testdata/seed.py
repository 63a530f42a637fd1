"""Creates 1,000 images of two projects in the database of a glance-api.

It uses the server's own database code, since its API sets neither created_at nor
most statuses, and takes much longer.
"""

import datetime
import sys

from glance import context
from glance.common import config
from glance.db.sqlalchemy import api

NAMES = [
    "a:b", "in:a", "eq:a", "a,b", '"a"', 'a"b', "a\\b", "\\", " a", "a ", "A", "a", "ä", "a\u0308",
    "☃", "", None, "%", "_", "a&b=c", "a+b", "a%20b", "日本", "x" * 255, "2024-05-01T08:00:00Z",
]
STATUSES = ["active"] * 9 + ["queued", "saving", "uploading", "importing", "deactivated", "pending_delete", "killed"]
VISIBILITIES = ["private", "shared", "public", "community"]
DISTROS = ["ubuntu", "Ubuntu", "rhel", "windows", "", None]
ARCHS = ["x86_64", "aarch64", "X86_64", "i686", None]
OSES = ["linux", "windows", "Linux", None]
TAGS = [[], ["a"], ["b"], ["a", "b"], ["ä", "A"], ["a b"]]


def image(i):
    properties = {
        "os_distro": DISTROS[i % 6], "architecture": ARCHS[i % 5], "os_type": OSES[i % 4], "Status": "a property",
        "os_version": "%d.04" % (i % 3), "description": "image %d" % i, "instance_uuid": "instance-%d" % (i % 40),
    }
    return {
        "id": "%08x-0000-4000-8000-%012d" % (i * 2654435761 % 2**32, i),
        "name": NAMES[i // 2 % len(NAMES)] if i % 2 else "web-%d" % (i % 10),
        "owner": "other" if i % 3 == 0 else "own",
        "visibility": VISIBILITIES[i // 3 % 4],
        "status": STATUSES[i // 5 % len(STATUSES)],
        "os_hidden": i % 7 == 0,
        "created_at": datetime.datetime(2024, 5, 1, 8) + datetime.timedelta(microseconds=i * 7919 % 1000 * 90_001),
        "disk_format": "raw", "container_format": "bare", "min_disk": i % 5,
        "properties": {name: value for name, value in properties.items() if value is not None},
    }


def main(path):
    config.parse_args(args=["--config-file", path])
    admin = context.RequestContext(is_admin=True)
    for i in range(1000):
        values = image(i)
        api.image_create(admin, values)
        api.image_tag_set_all(admin, values["id"], TAGS[i // 4 % len(TAGS)])
        if values["visibility"] == "shared" and i % 5 < 3:
            status = ["accepted", "pending", "rejected"][i % 5]
            member = "own" if values["owner"] == "other" else "other"
            api.image_member_create(admin, {"image_id": values["id"], "member": member, "status": status, "can_share": False})


main(sys.argv[1])
