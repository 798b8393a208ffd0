package io.k3j.audit;

import io.k3j.codec.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The API server's flags of audit, with upstream's defaults. See
/// <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>.
/// @param policyFile empty: nothing is recorded
/// @param path of the log; `-` for standard output, empty for none
/// @param files how the log is kept
/// @param format `json` or `legacy`
/// @param mode `batch`, `blocking` or `blocking-strict`
/// @param batch used in the mode `batch`
/// @param truncation how large an event may be
/// @param problems what is wrong with the flags, in upstream's words
record AuditOptions(String policyFile, String path, LogFile.Retention files, String format, String mode,
        EventQueue.Config batch, Truncation truncation, List<String> problems) {
    /// As a path: standard output.
    static final String STANDARD_OUTPUT = "-";
    private static final List<String> MODES = List.of("batch", "blocking", "blocking-strict");
    private static final List<String> FORMATS = List.of("legacy", "json");
    private static final int MEBIBYTES = 100;
    private static final int BACKUPS = 100;
    private static final int DAYS = 366;
    private static final int BUFFER = 10_000;
    private static final int MOST_BATCH_BYTES = 10 << 20;
    private static final int MOST_EVENT_BYTES = 100 << 10;

    /// Parses them.
    /// @param arguments as `name=value`; the last of a name counts, those of others are passed over
    static AuditOptions of(String... arguments) {
        Flags flags = new Flags(arguments);
        String path = flags.text("audit-log-path", "");
        LogFile.Retention files = new LogFile.Retention(flags.whole("audit-log-maxsize", MEBIBYTES),
                flags.whole("audit-log-maxbackup", BACKUPS), flags.whole("audit-log-maxage", DAYS),
                flags.flag("audit-log-compress"));
        String mode = flags.text("audit-log-mode", "blocking");
        EventQueue.Config batch = new EventQueue.Config(flags.whole("audit-log-batch-buffer-size", BUFFER),
                flags.whole("audit-log-batch-max-size", 1), flags.duration("audit-log-batch-max-wait"),
                flags.flag("audit-log-batch-throttle-enable"), flags.real("audit-log-batch-throttle-qps"),
                flags.whole("audit-log-batch-throttle-burst", 0));
        Truncation truncation = new Truncation(flags.flag("audit-log-truncate-enabled"),
                flags.whole("audit-log-truncate-max-event-size", MOST_EVENT_BYTES));
        int batchBytes = flags.whole("audit-log-truncate-max-batch-size", MOST_BATCH_BYTES);
        AuditOptions options = new AuditOptions(flags.text("audit-policy-file", ""), path, files,
                flags.text("audit-log-format", "json"), mode, batch, truncation, flags.problems);
        if (!path.isEmpty()) {
            options.check(batchBytes, flags.text("audit-log-version", "audit.k8s.io/v1"));
        }
        return options;
    }

    /// The longest line, its end included, in bytes: what goes into one file, or anything to standard output.
    long mostLineBytes() {
        return path.equals(STANDARD_OUTPUT) ? Long.MAX_VALUE : files.mostBytes();
    }

    private void check(int batchBytes, String version) {
        if (!MODES.contains(mode)) {
            problems.add("invalid audit log mode " + mode + ", allowed modes are \"" + String.join(",", MODES) + "\"");
        } else if (mode.equals("batch")) {
            checkBatch();
        }
        if (truncation.mostBytes() <= 0) {
            problems.add("invalid audit truncate log max event size " + truncation.mostBytes()
                    + ", must be a positive number");
        } else if (batchBytes < truncation.mostBytes()) {
            problems.add("invalid audit truncate log max batch size " + batchBytes
                    + ", must be greater than max event size (" + truncation.mostBytes() + ")");
        }
        if (!version.equals("audit.k8s.io/v1")) {
            problems.add("invalid group version, allowed versions are [\"audit.k8s.io/v1\"]");
        }
        if (!FORMATS.contains(format)) {
            problems.add("invalid audit log format " + format + ", allowed formats are \"" + String.join(",", FORMATS)
                    + "\"");
        }
        Map<String, Integer> numbers = new LinkedHashMap<>();
        numbers.put("maxage", files.mostDays());
        numbers.put("maxbackup", files.mostBackups());
        numbers.put("maxsize", files.mostMebibytes());
        numbers.forEach((name, value) -> {
            if (value < 0) {
                problems.add("--audit-log-" + name + " " + value + " can't be a negative number");
            }
        });
    }

    private void checkBatch() {
        positive("buffer size", batch.bufferSize());
        positive("max batch size", batch.mostEvents());
        if (batch.throttled()) {
            positive("throttle QPS", batch.perSecond());
            positive("throttle burst", batch.burst());
        }
    }

    private void positive(String what, Number value) {
        if (value.doubleValue() <= 0) {
            problems.add("invalid audit batch log " + what + " " + value + ", must be a positive number");
        }
    }

    /// Arguments by name, and what could not be read of them.
    private static final class Flags {
        private final Map<String, String> all = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();

        Flags(String... arguments) {
            for (String argument : arguments) {
                int eq = argument.indexOf('=');
                all.put(eq < 0 ? argument : argument.substring(0, eq), eq < 0 ? "true" : argument.substring(eq + 1));
            }
        }

        String text(String name, String otherwise) {
            return all.getOrDefault(name, otherwise);
        }

        private <T> T parsed(String name, T otherwise, Function<String, T> parse) {
            String value = all.get(name);
            try {
                return value == null ? otherwise : parse.apply(value);
            } catch (IllegalArgumentException e) {
                problems.add("invalid argument \"" + value + "\" for \"--" + name + "\" flag");
                return otherwise;
            }
        }

        int whole(String name, int otherwise) {
            return parsed(name, otherwise, Integer::valueOf);
        }

        float real(String name) {
            return parsed(name, 0f, Float::valueOf);
        }

        boolean flag(String name) {
            return parsed(name, false, text -> switch (text) {
                case "1", "t", "T", "true", "TRUE", "True" -> true;
                case "0", "f", "F", "false", "FALSE", "False" -> false;
                default -> throw new IllegalArgumentException(text);
            });
        }

        Duration duration(String name) {
            return parsed(name, Duration.ZERO, text -> Duration.ofNanos(DurationText.nanos(text)));
        }
    }
}
