package io.k3j.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// 5 000 Services on 100 nodes, as another leader left them.
class ManyServicesTest {
    private static final int SERVICES = 5_000;
    private static final int NODES = 100;
    private static final int ROUNDS = 10;
    /// A machine that runs other tests as well may take long for what a machine of its own does in 20 ms.
    private static final Duration CHANGE = Duration.ofMillis(Boolean.getBoolean("k3j.full") ? 20 : 30_000);
    private final Scenery scenery = new Scenery();

    private static String address(int node) {
        return "192.0.2." + node;
    }

    private static Obj node(int number) {
        return Scenery.node("node-" + number, "InternalIP=" + address(number));
    }

    private static Obj service(int number, Seq ingress) {
        Obj service = Scenery.balanced("web-" + number, "TCP/" + (10_300 + number));
        return BalancedService.with(service, ingress, true);
    }

    @BeforeEach
    void fill() {
        IntStream.rangeClosed(1, NODES).forEach(i -> scenery.put(node(i)));
        Seq ingress = Seq.copyOf(IntStream.rangeClosed(1, NODES).mapToObj(ManyServicesTest::address).sorted()
                .map(ip -> Struct.of("ip", ip, "ipMode", "VIP")).toList());
        IntStream.range(0, SERVICES)
                .forEach(i -> scenery.stage.api.seed(BuiltinResources.SERVICES, service(i, ingress)));
        scenery.stage.settle();
    }

    @Test
    void nothingThatIsRightIsWrittenAndOneChangeCostsOneWrite() {
        assertThat(scenery.stage.api.calls()).isEmpty();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            int before = scenery.stage.api.calls().size();
            scenery.endpoints("web-" + i, "node-7");
            Obj local = scenery.service("web-" + i).with("Local", "spec", "externalTrafficPolicy");
            scenery.stage.api.seed(BuiltinResources.SERVICES, local);
            long start = System.nanoTime();
            scenery.stage.settle();
            best = Math.min(best, System.nanoTime() - start);
            assertThat(scenery.addresses("web-" + i)).isEqualTo(List.of(address(7)));
            assertThat(writes(before)).hasSize(1);
        }
        System.out.println("servicelb: one change of " + SERVICES + " Services x " + NODES + " nodes: " + best / 1000
                + " us");
        assertThat(Duration.ofNanos(best)).isLessThan(CHANGE);
    }

    @Test
    void whatANodeSaysOfAPortConcernsItsServiceAlone() {
        scenery.put(Scenery.reporting(node(1), "tcp/1-10306 tcp/10307=nginx tcp/10308-65535"));
        long start = System.nanoTime();
        scenery.stage.settle();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isLessThan(Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 1 : 30));
        assertThat(scenery.stage.api.calls()).as("who has a port keeps it").isEmpty();
    }

    private List<String> writes(int from) {
        List<String> all = scenery.stage.api.calls();
        return all.subList(from, all.size()).stream().filter(c -> c.contains("services")).toList();
    }
}
