// Package browser tests the page of "imagesearch --output html" in headless
// Chromium, which must be installed. Its tests build the command and let it search
// a fake cloud.
package browser
