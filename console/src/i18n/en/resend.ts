/** English messages of sending one event again. */
export const resendEn = {
  "resend.action": "Resend",
  "resend.done": "The event is on its way again.",
  "resend.held.title": "This webhook is disabled",
  "resend.held.text":
    "Nothing is sent to a disabled webhook. Enable it, and the event is sent at once; what waits for it follows, slowly at first.",
  "resend.held.forbidden":
    "Nothing is sent to a disabled webhook, and your key may not enable it: it lacks the scope “webhooks”.",
  "resend.held.enable": "Enable Webhook and send",
} as const;
