package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.netfilter.TableWriter;
import io.k3j.testkitbase.Figure;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// 1 000 policies and 10 000 pods, of which 250 are on this node; then single changes. Figures are printed; on a
/// machine that does something else only what hangs fails.
@EnabledIf(value = "io.k3j.networkpolicy.Namespaces#possible",
        disabledReason = "needs root, nftables, IPv6 and br_netfilter")
@Tag("figures")
class SizeTest {
    private static final int POLICIES = 1_000;
    private static final int PODS = 10_000;
    private static final int LOCAL = 250;
    private static final int NAMESPACES = 100;
    private static final int CHANGES = 40;
    private static final long LOAD_MILLIS = Boolean.getBoolean("k3j.full") ? 4_000 : 30_000;
    private static final long CHANGE_MILLIS = Boolean.getBoolean("k3j.full") ? 100 : 30_000;
    private final PolicyTable table = new PolicyTable();

    private static Obj pod(int i, String app) {
        boolean here = i < LOCAL;
        String address = here ? "10.42.0." + (i + 2) : "10.42." + (1 + i / 200) + "." + (2 + i % 200);
        Obj pod = World.pod("n" + i % NAMESPACES, "p" + i, here ? "here" : "there", Map.of("app", app), Seq.EMPTY);
        return pod.with(Seq.of(Struct.of("ip", address)), "status", "podIPs");
    }

    private static Obj policy(int i) {
        Struct pods = Struct.of("podSelector", Struct.of("matchLabels", Struct.of("app", "a" + i / NAMESPACES)),
                "namespaceSelector", Struct.of("matchLabels", Struct.of("kubernetes.io/metadata.name",
                        "n" + (i + 1) % NAMESPACES)));
        Struct block = Struct.of("ipBlock", Struct.of("cidr", "198.18." + i % 200 + ".0/24"));
        return World.policy("n" + i % NAMESPACES + "/p" + i, Struct.of("podSelector",
                i % 10 == 0 ? Struct.EMPTY : Struct.of("matchLabels", Struct.of("app", "a" + i / NAMESPACES)),
                "ingress",
                Seq.of(Struct.of("from", Seq.of(pods, block), "ports", Seq.of(Struct.of("port", 80 + i % 7)))),
                "egress",
                Seq.of(Struct.of("to", Seq.of(pods)))));
    }

    @Test
    void loadsAndChanges() throws IOException {
        try (Namespaces kernel = new Namespaces()) {
            TableWriter writer = new TableWriter(kernel, PolicyTable.FAMILY, PolicyTable.NAME);
            Picture picture = new Picture("here", true);
            picture.ranges(List.of("10.42.0.0/24"));
            picture.node("there", Cidr.readable(List.of("10.42.0.0/16")));
            Obj[] pods = new Obj[PODS];
            Arrays.setAll(pods, i -> pod(i, "a" + i % 10));
            Obj[] policies = new Obj[POLICIES];
            Arrays.setAll(policies, SizeTest::policy);
            long from = System.nanoTime();
            for (int n = 0; n < NAMESPACES; n++) {
                picture.namespace("n" + n, World.labels("n" + n));
            }
            for (Obj pod : pods) {
                picture.pod(pod);
            }
            for (Obj policy : policies) {
                picture.policy(policy.key(), policy);
            }
            PolicyTable.Made made = table.of(picture);
            long computed = System.nanoTime();
            writer.write(made.table());
            long loaded = (System.nanoTime() - from) / 1_000_000;
            System.out.println(POLICIES + " policies, " + PODS + " pods, " + LOCAL + " here: computed in "
                    + (computed - from) / 1_000_000 + " ms, in the kernel after " + loaded + " ms, "
                    + made.table().objects().size() + " objects");
            new Figure(13, POLICIES + " policies of " + PODS + " pods programmed", loaded / 1_000.0, "s").atMost(1);
            assertThat(loaded).isLessThan(LOAD_MILLIS);
            long[] labels = new long[CHANGES];
            long[] coming = new long[CHANGES];
            for (int i = 0; i < CHANGES; i++) {
                int elsewhere = LOCAL + i;
                Obj pod = pod(elsewhere, "a" + (elsewhere % 10 == 0 ? 5 : 0));
                labels[i] = change(picture, writer, () -> picture.pod(pod));
                Obj policy = policy(POLICIES + 10 * i);
                coming[i] = change(picture, writer, () -> picture.policy(policy.key(), policy));
            }
            told("a pod elsewhere changes its labels", labels);
            told("a policy of some pods here comes", coming);
        }
    }

    private long change(Picture picture, TableWriter writer, Runnable change) {
        long from = System.nanoTime();
        change.run();
        PolicyTable.Made made = table.of(picture);
        long computed = System.nanoTime();
        boolean written = writer.write(made.table());
        if (Boolean.getBoolean("k3j.split")) {
            System.out.println((computed - from) / 1_000 + " us computed, " + (System.nanoTime() - computed) / 1_000
                    + " us written " + written);
        }
        return (System.nanoTime() - from) / 1_000;
    }

    private static void told(String what, long[] micros) {
        Arrays.sort(micros);
        System.out.println(what + ": median " + micros[CHANGES / 2] + " us, p90 " + micros[CHANGES * 9 / 10] + " us");
        new Figure(13, "network policies, " + what + ", p90", micros[CHANGES * 9 / 10] / 1_000.0, "ms").atMost(20);
        assertThat(micros[CHANGES / 2] / 1_000).isLessThan(CHANGE_MILLIS);
    }
}
