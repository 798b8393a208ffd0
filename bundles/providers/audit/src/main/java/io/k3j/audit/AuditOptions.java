package io.k3j.audit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The API server's flags of audit, with upstream's defaults. See
/// <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/>.
/// @param policyFile empty: nothing is recorded
/// @param file the log
/// @param log how events go there
/// @param webhook the webhook
/// @param problems what is wrong with the flags, in upstream's words
record AuditOptions(String policyFile, LogOptions file, SinkOptions log, WebhookOptions webhook,
        List<String> problems) {
    /// As a path: standard output.
    static final String STANDARD_OUTPUT = "-";
    private static final List<String> FORMATS = List.of("legacy", "json");
    private static final int MEBIBYTES = 100;
    private static final int BACKUPS = 100;
    private static final int DAYS = 366;
    private static final Duration INITIAL_BACKOFF = Duration.ofSeconds(10);

    /// What only a log has.
    /// @param path `-` for standard output, empty for none
    /// @param retention how it is kept
    /// @param format `json` or `legacy`
    record LogOptions(String path, LogFile.Retention retention, String format) {
        boolean enabled() {
            return !path.isEmpty();
        }

        boolean isFile() {
            return enabled() && !path.equals(STANDARD_OUTPUT);
        }

        /// The longest line, its end included, in bytes: what goes into one file, or anything to standard output.
        long mostLineBytes() {
            return isFile() ? retention.mostBytes() : Long.MAX_VALUE;
        }
    }

    /// A webhook's.
    /// @param configFile a kubeconfig; empty for none
    /// @param initialBackoff before a request that failed is made again for the first time
    /// @param sink how events go there
    record WebhookOptions(String configFile, Duration initialBackoff, SinkOptions sink) {
        boolean enabled() {
            return !configFile.isEmpty();
        }
    }

    /// Parses them.
    /// @param arguments as `name=value`; the last of a name counts, those of others are passed over
    static AuditOptions of(String... arguments) {
        AuditFlags flags = new AuditFlags(arguments);
        LogOptions file = new LogOptions(flags.text("audit-log-path", ""),
                new LogFile.Retention(flags.whole("audit-log-maxsize", MEBIBYTES),
                        flags.whole("audit-log-maxbackup", BACKUPS), flags.whole("audit-log-maxage", DAYS),
                        flags.flag("audit-log-compress", false)),
                flags.text("audit-log-format", "json"));
        SinkOptions log = SinkOptions.LOG.with(flags);
        WebhookOptions webhook = new WebhookOptions(flags.text("audit-webhook-config-file", ""),
                initialBackoff(flags), SinkOptions.WEBHOOK.with(flags));
        if (file.enabled()) {
            log.check(flags);
            check(file, flags);
        }
        if (webhook.enabled()) {
            webhook.sink.check(flags);
        }
        return new AuditOptions(flags.text("audit-policy-file", ""), file, log, webhook, flags.problems());
    }

    /// Under its name, or the one that is deprecated upstream. The last one would count there, and K3s hands arguments
    /// over in the order of their names, which has this one behind the other.
    private static Duration initialBackoff(AuditFlags flags) {
        return flags.duration("audit-webhook-initial-backoff",
                flags.duration("audit-webhook-batch-initial-backoff", INITIAL_BACKOFF));
    }

    private static void check(LogOptions file, AuditFlags flags) {
        if (!FORMATS.contains(file.format)) {
            flags.problem("invalid audit log format " + file.format + ", allowed formats are \""
                    + String.join(",", FORMATS) + "\"");
        }
        Map<String, Integer> numbers = new LinkedHashMap<>();
        numbers.put("maxage", file.retention.mostDays());
        numbers.put("maxbackup", file.retention.mostBackups());
        numbers.put("maxsize", file.retention.mostMebibytes());
        numbers.forEach((name, value) -> {
            if (value < 0) {
                flags.problem("--audit-log-" + name + " " + value + " can't be a negative number");
            }
        });
    }
}
