// Times in the reader's own zone.

const styles = {
  time: { hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  date: { weekday: "short", day: "numeric", month: "short", year: "numeric" },
  date_time: {
    weekday: "short", day: "numeric", month: "short",
    hour: "numeric", minute: "2-digit", timeZoneName: "short",
  },
};

export const localTimes = (root) => {
  for (const time of root.querySelectorAll("time[data-style]")) {
    time.title ||= time.textContent;
    const at = new Date(time.dateTime);
    time.textContent = at.toLocaleString(undefined, styles[time.dataset.style]);
  }
};

localTimes(document);
