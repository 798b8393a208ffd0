package io.k3j.packetfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// The suite of the contract runs in a process of its own, whose network namespace ends with it.
@EnabledIf(value = "io.k3j.packetfilter.NftFilterTest#possible", disabledReason = "needs root and the package nftables")
class NftFilterContractTest {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    @Test
    void keepsEachGuarantee() throws Exception {
        List<String> kept = NftFilterContractChild.guarantees().stream().map(Method::getName)
                .map(name -> "kept: " + name).toList();
        Outcome child = Launch.of("unshare", "--net", Launch.jdk("java"), "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                NftFilterContractChild.class.getName()).run(LIMIT);
        assertThat(child.code()).as(child.text()).isZero();
        assertThat(kept).isNotEmpty();
        assertThat(child.text().lines().toList()).containsAll(kept);
    }
}
