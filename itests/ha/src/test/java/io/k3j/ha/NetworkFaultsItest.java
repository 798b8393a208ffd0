package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The faults other tests stand on do what they say, and nothing else.
@NeedsMachine
@NeedsPackages("busybox-static")
@Tag("ha")
class NetworkFaultsItest {
    // busybox' ping does not say what it lost by its exit code: what it counted is read
    private static final String PING = "busybox ping -c %d -i 0.1 -W 1 %s; true";
    private static final String ALL = " 0% packet loss";
    private static final String NONE = " 100% packet loss";

    @Test
    @Tag("full")
    void betweenTwoMachinesAndNoOthers() throws Exception {
        try (Cluster cluster = Cluster.on(); Faults faults = Faults.on()) {
            Host one = cluster.begun();
            Host two = cluster.begun();
            Host three = cluster.begun();
            assertThat(ping(one, two, 3)).contains(ALL);

            faults.cut(one, two);
            assertThat(ping(one, two, 3)).contains(NONE);
            assertThat(ping(two, one, 3)).contains(NONE);
            assertThat(ping(one, three, 3)).contains(ALL);
            assertThat(ping(two, three, 3)).contains(ALL);
            faults.heal();
            assertThat(ping(one, two, 3)).contains(ALL);

            String count = "nstat -az IcmpInEchos | tail -1";
            faults.cutOneWay(one, two);
            String before = two.must(count);
            assertThat(ping(one, two, 3)).contains(NONE);
            assertThat(two.must(count)).isEqualTo(before);
            before = one.must(count);
            assertThat(ping(two, one, 3)).contains(NONE);
            assertThat(one.must(count)).isNotEqualTo(before);
            faults.heal();

            faults.lose(30, one, two);
            assertThat(ping(one, two, 50)).doesNotContain(ALL).doesNotContain(NONE);
            assertThat(ping(one, three, 3)).contains(ALL);
        }
    }

    private static String ping(Host from, Host to, int times) throws IOException, InterruptedException {
        return from.must(PING.formatted(times, to.machine().address()));
    }
}
