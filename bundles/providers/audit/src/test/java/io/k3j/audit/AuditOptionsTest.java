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
        assertThat(options.mode()).isEqualTo("blocking");
        assertThat(options.format()).isEqualTo("json");
        assertThat(options.files()).isEqualTo(new LogFile.Retention(100, 100, 366, false));
        assertThat(options.batch()).isEqualTo(new EventQueue.Config(10_000, 1, Duration.ZERO, false, 0, 0));
        assertThat(options.truncation()).isEqualTo(new Truncation(false, 102_400));
    }

    @Test
    void aSizeOfZeroMeansNoRotation() {
        assertThat(AuditOptions.of("audit-log-path=/tmp/a", "audit-log-maxsize=0").files().mostBytes())
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
        assertThat(options.files()).isEqualTo(new LogFile.Retention(3, 2, 1, true));
        assertThat(options.batch()).isEqualTo(new EventQueue.Config(4, 5, Duration.ofSeconds(6), true, 7.5f, 8));
        assertThat(options.truncation()).isEqualTo(new Truncation(true, 9));
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

    @Test
    void flagsOfBatchesCountInThatModeOnly() {
        String[] arguments = {"audit-log-path=/tmp/a", "audit-log-batch-buffer-size=0", "audit-log-mode=blocking"};
        assertThat(AuditOptions.of(arguments).problems()).isEmpty();
        arguments[2] = "audit-log-mode=batch";
        assertThat(AuditOptions.of(arguments).problems())
                .containsExactly("invalid audit batch log buffer size 0, must be a positive number");
    }
}
