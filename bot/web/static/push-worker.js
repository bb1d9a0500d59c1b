// Shows a page that was pushed to this browser, and opens Hearback when it is pressed. It keeps and fetches nothing.
"use strict";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  let page = { title: "Hearback", body: "Open Hearback.", link: "", tag: "hearback" };
  try {
    page = { ...page, ...event.data.json() };
  } catch {
    // Whatever came, somebody is told.
  }
  const { title, body, link, tag } = page;
  const shown = { body, tag, data: link, requireInteraction: true, renotify: true };
  event.waitUntil(self.registration.showNotification(title, shown));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data || "/console/", self.location.origin);
  if (link.origin === self.location.origin) event.waitUntil(self.clients.openWindow(link.href));
});
