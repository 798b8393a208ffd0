package io.k3j.killpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A server is killed while its etcd begins, alone or as one more member.
@Tag("full")
@Tag("kill")
class KilledMemberItest extends Killed {
    private static final int FIRST_STEP = 3;
    private static final int JOINER_STEP = 3;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @Test
    void aFirstMemberThatIsKilledAnywhereIsMadeGood() throws Exception {
        Home calm = home(1, "one", "calm");
        calm.serve("--cluster-init").close();
        Set<String> undisturbed = calm.files();
        each("cluster-init", FIRST_STEP, (point, alone) -> {
            Home home = home(1, "one", "one-" + point);
            if (!home.killed(kill.at(point), "--cluster-init")) {
                return false;
            }
            if (!alone) {
                home.killEtcd();
            }
            try (Running again = home.serve("--cluster-init")) {
                home.create("after", "kill");
                assertThat(home.processes()).as("etcd after a kill at " + point + again.said()).isEqualTo(1);
                assertThat(members(home)).singleElement().asString().contains(", started, one-").endsWith("false");
            }
            Set<String> files = home.files();
            assertThat(without(files, undisturbed)).as("left by a kill at " + point).isEmpty();
            assertThat(without(undisturbed, files)).as("missing after a kill at " + point).isEmpty();
            assertThat(home.processes()).as("etcd after the stop").isZero();
            home.delete();
            return true;
        });
    }

    private static List<String> members(Home home) throws IOException, InterruptedException {
        return home.etcdctl("member", "list").text().lines().toList();
    }

    @Test
    void aJoinerThatIsKilledAnywhereBecomesAMemberOnce() throws Exception {
        Home one = home(1, "one", "one");
        String[] joins = {"--server", "https://" + Hosts.address(1) + ":6443"};
        try (Running first = one.serve("--cluster-init")) {
            each("joiner", JOINER_STEP, (point, alone) -> {
                Home two = home(2, "two", "two-" + point);
                if (!two.killed(kill.at(point), joins)) {
                    return false;
                }
                if (alone) {
                    one.create("meanwhile-" + point, "x");
                } else {
                    two.killEtcd();
                }
                try (Running again = two.start(Map.of(), joins)) {
                    again.says("Component healthy component=apiserver");
                    joined(one, point, again);
                    one.create("after-" + point, first.said().isEmpty() ? "" : "x");
                    assertThat(two.object("after-" + point)).contains("\"value\"");
                    assertThat(two.processes()).isEqualTo(1);
                    leaves(one);
                }
                two.killEtcd();
                two.delete();
                return true;
            });
        }
    }

    private static void joined(Home one, int point, Running two) throws IOException, InterruptedException {
        Waiting.until("two members that vote, after a kill at " + point, LIMIT, () -> {
            List<String> all = members(one);
            return all.size() == 2 && all.stream().allMatch(m -> m.contains(", started, ") && m.endsWith("false"))
                    && all.stream().anyMatch(m -> m.contains(", one-"))
                    && all.stream().anyMatch(m -> m.contains(", two-"));
        }, () -> {
            try {
                return members(one) + two.said();
            } catch (IOException | InterruptedException e) {
                return e.toString();
            }
        });
    }

    /// etcd takes nobody out before it has seen its members well for some seconds.
    private static void leaves(Home one) throws IOException, InterruptedException {
        String two = members(one).stream().filter(m -> m.contains(", two-")).findFirst().orElseThrow().split(",")[0];
        Waiting.until("removal", LIMIT, () -> one.etcdctl("member", "remove", two).code() == 0, () -> "");
    }
}
