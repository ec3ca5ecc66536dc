/** Where short notes appear: loaded after the page, which has none at first. */
import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";
import classes from "./notes.module.css";

/** At the corner of the page. */
export default function Notes() {
  return <Notifications position="bottom-left" limit={4} className={classes["notes"] ?? ""} />;
}
