package io.k3j.kubeleteviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvictionConfigTest {
    @Test
    void thresholdsAreThoseOfK3sUnlessOthersAreGiven() {
        EvictionConfig config = EvictionConfig.of(Map.of());
        assertThat(config.thresholds()).extracting(Threshold::signal).containsExactly(EvictionSignal.IMAGE_FS,
                EvictionSignal.NODE_FS);
        assertThat(config.thresholds()).allMatch(Threshold::hard).allMatch(t -> t.value().equals(Amount.percent("5%")))
                .allMatch(t -> Amount.percent("10%").equals(t.reclaim()));
        assertThat(config.transition()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.longestGrace()).isZero();
    }

    @Test
    void argumentsReplaceThemAltogether() {
        EvictionConfig config = EvictionConfig.of(Map.of("eviction-hard", "memory.available<100Mi,nodefs.available<0%",
                "eviction-soft", "memory.available<300Mi", "eviction-soft-grace-period", "memory.available=1m30s",
                "eviction-minimum-reclaim", "memory.available=50Mi", "eviction-max-pod-grace-period", "60",
                "eviction-pressure-transition-period", "30s"));
        assertThat(config.thresholds()).containsExactly(
                new Threshold(EvictionSignal.MEMORY, Amount.quantity("100Mi"), Duration.ZERO, Amount.quantity("50Mi")),
                new Threshold(EvictionSignal.MEMORY, Amount.quantity("300Mi"), Duration.ofSeconds(90),
                        Amount.quantity("50Mi")),
                new Threshold(EvictionSignal.ALLOCATABLE_MEMORY, Amount.quantity("100Mi"), Duration.ZERO,
                        Amount.quantity("50Mi")));
        assertThat(EvictionConfig.of(Map.of("eviction-hard", "memory.available<100Mi", "enforce-node-allocatable",
                "none")).thresholds()).extracting(Threshold::signal).containsExactly(EvictionSignal.MEMORY);
        assertThat(config.transition()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.longestGrace()).isEqualTo(Duration.ofMinutes(1));
        assertThat(EvictionConfig.of(Map.of("eviction-hard", "")).thresholds()).isEmpty();
    }

    @Test
    void upstreamsDefaultsFillInWhereThatIsSaid() {
        EvictionConfig config = EvictionConfig.of(Map.of("merge-default-eviction-settings", "true", "eviction-hard",
                "memory.available<200Mi,nodefs.inodesFree<0%", "enforce-node-allocatable", "none",
                "eviction-minimum-reclaim", ""));
        assertThat(config.thresholds()).containsExactlyInAnyOrder(
                new Threshold(EvictionSignal.MEMORY, Amount.quantity("200Mi"), Duration.ZERO, null),
                new Threshold(EvictionSignal.NODE_FS, Amount.percent("10%"), Duration.ZERO, null),
                new Threshold(EvictionSignal.IMAGE_FS, Amount.percent("15%"), Duration.ZERO, null),
                new Threshold(EvictionSignal.IMAGE_FS_INODES, Amount.percent("5%"), Duration.ZERO, null));
    }

    @Test
    void podsAreNotPromisedWhatHardThresholdsKeepFree() {
        EvictionConfig config = EvictionConfig.of(Map.of("eviction-hard",
                "memory.available<100Mi,imagefs.available<50%,nodefs.available<10%,nodefs.inodesFree<5%",
                "eviction-soft", "memory.available<1Gi", "eviction-soft-grace-period", "memory.available=1m"));
        assertThat(config.reservation("memory", 4L << 30).value()).isEqualTo(100L << 20);
        assertThat(config.reservation("ephemeral-storage", 1_000_000).value()).isEqualTo(100_000);
        assertThat(config.reservation("cpu", 4).signum()).isZero();
        assertThat(EvictionConfig.of(Map.of()).reservation("memory", 4L << 30).signum()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "eviction-hard|memory.available=1Gi|malformed pair, expect string<string",
            "eviction-hard|memory.free<1Gi|unsupported eviction signal memory.free",
            "eviction-hard|memory.available<-1Gi|eviction threshold memory.available must be positive: -1Gi",
            "eviction-hard|memory.available<101%|eviction percentage threshold memory.available must be <= 100%: 101%",
            "eviction-hard|memory.available<-1%|eviction percentage threshold memory.available must be >= 0%: -1%",
            "eviction-hard|memory.available<x%|strconv.ParseFloat: parsing \"x\": invalid syntax",
            "eviction-soft|memory.available<1Gi|grace period must be specified for the soft eviction threshold "
                    + "memory.available",
            "eviction-soft-grace-period|memory.available=-1m|invalid eviction grace period specified: -1m, must be a "
                    + "positive value",
            "eviction-minimum-reclaim|imagefs.available=0%|eviction percentage minimum reclaim imagefs.available must "
                    + "be positive: 0%",
            "eviction-minimum-reclaim|imagefs.available=-1Gi|negative eviction minimum reclaim specified for "
                    + "imagefs.available",
            "eviction-pressure-transition-period|soon|time: invalid duration \"soon\"",
            "eviction-max-pod-grace-period|soon|not a whole number of seconds"})
    void whatIsWrongIsNamedInUpstreamsWords(String argument, String value, String why) {
        assertThatThrownBy(() -> EvictionConfig.of(Map.of(argument, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--kubelet-arg " + argument + "=" + value + ": " + why);
    }
}
