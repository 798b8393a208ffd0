package io.k3j.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Flags, their defaults, and what is said of wrong ones.
class AuditOptionsTest {
    @Test
    void defaultsAreUpstreams() {
        AuditOptions options = AuditOptions.of("audit-log-path=/tmp/audit.log");
        assertThat(options.problems()).isEmpty();
        assertThat(options.file().format()).isEqualTo("json");
        assertThat(options.file().retention()).isEqualTo(new LogFile.Retention(100, 100, 366, false));
        assertThat(options.log()).isEqualTo(new SinkOptions("log", "blocking",
                new EventQueue.Config(10_000, 1, Duration.ZERO, false, 0, 0), new Truncation(false, 102_400),
                10_485_760));
        assertThat(options.webhook()).isEqualTo(new AuditOptions.WebhookOptions("", Duration.ofSeconds(10),
                new SinkOptions("webhook", "batch",
                        new EventQueue.Config(10_000, 400, Duration.ofSeconds(30), true, 10, 15),
                        new Truncation(false, 102_400), 10_485_760)));
    }

    @Test
    void aSizeOfZeroMeansNoRotation() {
        assertThat(AuditOptions.of("audit-log-path=/tmp/a", "audit-log-maxsize=0").file().mostLineBytes())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void everyFlagIsRead() {
        AuditOptions options = AuditOptions.of("audit-policy-file=/p", "audit-log-path=-", "audit-log-maxage=1",
                "audit-log-maxbackup=2", "audit-log-maxsize=3", "audit-log-compress", "audit-log-format=legacy",
                "audit-log-mode=batch", "audit-log-batch-buffer-size=4", "audit-log-batch-max-size=5",
                "audit-log-batch-max-wait=6s", "audit-log-batch-throttle-enable=true",
                "audit-log-batch-throttle-qps=7.5", "audit-log-batch-throttle-burst=8",
                "audit-log-truncate-enabled=true", "audit-log-truncate-max-event-size=9",
                "audit-log-truncate-max-batch-size=10", "anonymous-auth=true");
        assertThat(options.problems()).isEmpty();
        assertThat(options.file().retention()).isEqualTo(new LogFile.Retention(3, 2, 1, true));
        assertThat(options.log()).isEqualTo(new SinkOptions("log", "batch",
                new EventQueue.Config(4, 5, Duration.ofSeconds(6), true, 7.5f, 8), new Truncation(true, 9), 10));
    }

    @Test
    void everyFlagOfAWebhookIsRead() {
        AuditOptions options = AuditOptions.of("audit-policy-file=/p", "audit-webhook-config-file=/c",
                "audit-webhook-initial-backoff=1m", "audit-webhook-mode=batch", "audit-webhook-version=audit.k8s.io/v1",
                "audit-webhook-batch-buffer-size=4", "audit-webhook-batch-max-size=5",
                "audit-webhook-batch-max-wait=6s", "audit-webhook-batch-throttle-enable=false",
                "audit-webhook-batch-throttle-qps=7.5", "audit-webhook-batch-throttle-burst=8",
                "audit-webhook-truncate-enabled=true", "audit-webhook-truncate-max-event-size=9",
                "audit-webhook-truncate-max-batch-size=10");
        assertThat(options.problems()).isEmpty();
        assertThat(options.webhook()).isEqualTo(new AuditOptions.WebhookOptions("/c", Duration.ofMinutes(1),
                new SinkOptions("webhook", "batch",
                        new EventQueue.Config(4, 5, Duration.ofSeconds(6), false, 7.5f, 8), new Truncation(true, 9),
                        10)));
        assertThat(options.file().enabled()).isFalse();
    }

    @Test
    void theDeprecatedNameOfTheBackoffCountsWhereTheOtherIsNotGivenInAnyOrder() {
        assertThat(AuditOptions.of("audit-webhook-config-file=/c", "audit-webhook-batch-initial-backoff=2m").webhook()
                .initialBackoff()).isEqualTo(Duration.ofMinutes(2));
        assertThat(AuditOptions.of("audit-webhook-config-file=/c", "audit-webhook-batch-initial-backoff=2m",
                "audit-webhook-initial-backoff=1m").webhook().initialBackoff()).isEqualTo(Duration.ofMinutes(1));
        assertThat(AuditOptions.of("audit-webhook-initial-backoff=1m", "audit-webhook-config-file=/c",
                "audit-webhook-batch-initial-backoff=2m").webhook().initialBackoff()).isEqualTo(Duration.ofMinutes(1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "audit-log-mode=fast|invalid audit log mode fast, allowed modes are \"batch,blocking,blocking-strict\"",
            "audit-log-format=xml|invalid audit log format xml, allowed formats are \"legacy,json\"",
            "audit-log-maxage=-1|--audit-log-maxage -1 can't be a negative number",
            "audit-log-maxbackup=-1|--audit-log-maxbackup -1 can't be a negative number",
            "audit-log-maxsize=-1|--audit-log-maxsize -1 can't be a negative number",
            "audit-log-maxsize=big|invalid argument \"big\" for \"--audit-log-maxsize\" flag",
            "audit-log-truncate-max-event-size=0|invalid audit truncate log max event size 0, must be a positive number",
            "audit-log-truncate-max-batch-size=1|invalid audit truncate log max batch size 1, must be greater than max "
                    + "event size (102400)"})
    void wrongOnesAreToldInUpstreamsWords(String argument, String message) {
        assertThat(AuditOptions.of("audit-log-path=/tmp/a", argument).problems()).containsExactly(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "audit-webhook-mode=fast|invalid audit webhook mode fast, allowed modes are "
                    + "\"batch,blocking,blocking-strict\"",
            "audit-webhook-version=audit.k8s.io/v1beta1|invalid group version, allowed versions are "
                    + "[\"audit.k8s.io/v1\"]",
            "audit-webhook-initial-backoff=soon|invalid argument \"soon\" for \"--audit-webhook-initial-backoff\" flag",
            "audit-webhook-batch-max-size=0|invalid audit batch webhook max batch size 0, must be a positive number",
            "audit-webhook-batch-throttle-qps=0|invalid audit batch webhook throttle QPS 0.0, must be a positive number",
            "audit-webhook-batch-throttle-burst=0|invalid audit batch webhook throttle burst 0, must be a positive "
                    + "number",
            "audit-webhook-truncate-max-event-size=0|invalid audit truncate webhook max event size 0, must be a "
                    + "positive number",
            "audit-webhook-truncate-max-batch-size=1|invalid audit truncate webhook max batch size 1, must be greater "
                    + "than max event size (102400)"})
    void wrongOnesOfAWebhookAreToldToo(String argument, String message) {
        assertThat(AuditOptions.of("audit-webhook-config-file=/c", argument).problems()).containsExactly(message);
    }

    @Test
    void flagsOfAPlaceThatIsNotUsedAreNotChecked() {
        assertThat(AuditOptions.of("audit-log-mode=fast", "audit-webhook-mode=fast").problems()).isEmpty();
    }

    @Test
    void flagsOfBatchesCountInThatModeOnly() {
        String[] arguments = {"audit-log-path=/tmp/a", "audit-log-batch-buffer-size=0", "audit-log-mode=blocking"};
        assertThat(AuditOptions.of(arguments).problems()).isEmpty();
        arguments[2] = "audit-log-mode=batch";
        assertThat(AuditOptions.of(arguments).problems())
                .containsExactly("invalid audit batch log buffer size 0, must be a positive number");
    }
}
