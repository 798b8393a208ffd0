package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the step `prepare` waits for; each look is at the next state of the cluster, the last one stays.
class ServerPlanTest {
    private static final String DONE = "Plan server-plan has been applied to the servers";
    private static final Struct IDLE = Struct.of("latestVersion", "0.2.0", "latestHash", "abc");
    private final List<String> told = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();

    /// An hour passes between two looks.
    private static final class Hours implements Surroundings.Waits {
        private long hours;

        @Override
        public boolean pause() {
            hours++;
            return true;
        }

        @Override
        public long nanos() {
            return Duration.ofHours(hours).toNanos();
        }
    }

    /// A cluster at a moment.
    ///
    /// @param status of the Plan, empty without a Plan
    /// @param hashes the labels of its servers
    private record State(Struct status, List<String> hashes) {
        Optional<Struct> plan() {
            return status.isEmpty() ? Optional.empty()
                    : Optional.of(Struct.of("metadata", Struct.of("name", "server-plan"), "status", status));
        }

        Struct nodes() {
            List<Struct> all = new ArrayList<>();
            for (String hash : hashes) {
                Struct labels = Struct.of("plan.upgrade.cattle.io/server-plan", hash);
                all.add(Struct.of("metadata", Struct.of("name", "server-" + (all.size() + 1), "labels", labels)));
            }
            return Struct.of("items", Seq.copyOf(all));
        }
    }

    private List<String> await(String version, State... states) {
        Iterator<State> later = List.of(states).iterator();
        State[] now = new State[1];
        new ServerPlan(path -> {
            asked.add(path);
            if (path.startsWith("/api/v1/nodes")) {
                return Optional.of(now[0].nodes());
            }
            now[0] = later.hasNext() ? later.next() : now[0];
            return now[0].plan();
        }, new Hours(), told::add).await("system-upgrade", "server-plan", version);
        return told;
    }

    private static State state(Struct status, String... hashes) {
        return new State(status, List.of(hashes));
    }

    private static Struct complete(String status, String reason) {
        return IDLE.with("conditions", Seq.of(Struct.of("type", "Complete", "status", status, "reason", reason)));
    }

    @Test
    void waitsForThePlanForItsVersionAndUntilNoServerIsWorkedOn() {
        assertThat(await("0.2.0", state(Struct.EMPTY), state(Struct.of("latestVersion", "0.1.0", "latestHash", "old")),
                state(IDLE.with("applying", Seq.of("server-1")), "old", "old"), state(IDLE, "abc", "old"),
                state(IDLE.with("applying", Seq.of("server-2")), "abc", "old"), state(IDLE, "abc", "abc")))
                .containsExactly("waiting: there is no Plan server-plan in namespace system-upgrade",
                        "waiting: Plan server-plan is for 0.1.0 and not for 0.2.0",
                        "waiting: Plan server-plan is being applied to server-1",
                        "waiting: Plan server-plan has not been applied to server-2",
                        "waiting: Plan server-plan is being applied to server-2", DONE);
        assertThat(asked).contains("/apis/upgrade.cattle.io/v1/namespaces/system-upgrade/plans/server-plan");
    }

    /// A Plan may leave servers out on purpose; older controllers do not say that it is complete.
    @Test
    void believesAControllerThatSaysThatAPlanIsComplete() {
        assertThat(await("0.2.0", state(complete("False", "SyncJob"), "abc", "abc"), state(complete("True", "Complete"),
                "abc", "")))
                .containsExactly("waiting: Plan server-plan is not complete: SyncJob", DONE);
    }

    /// The controller writes the new version before it takes back what it has said of the one before.
    @Test
    void doesNotBelieveWhatWasSaidOfTheVersionBefore() {
        assertThat(await("0.2.0", state(complete("True", "Complete"), "old", "old"),
                state(complete("False", "SyncJob"), "old", "old"), state(complete("True", "Complete"), "abc", "abc")))
                .containsExactly("waiting: Plan server-plan has not been applied to any node",
                        "waiting: Plan server-plan is not complete: SyncJob", DONE);
        assertThat(asked).contains("/api/v1/nodes?limit=1&labelSelector=plan.upgrade.cattle.io%2Fserver-plan%3Dabc");
    }

    @Test
    void aServerThatThePlanIsToLeaveAloneIsNotWaitedFor() {
        assertThat(await("0.2.0", state(IDLE, "old", "disabled"), state(IDLE, "abc", "disabled")))
                .containsExactly("waiting: Plan server-plan has not been applied to server-1", DONE);
    }

    @Test
    void tellsTheSameReasonOnce() {
        State before = state(IDLE, "old");
        assertThat(await("", before, before, before, state(IDLE, "abc")))
                .containsExactly("waiting: Plan server-plan has not been applied to server-1", DONE);
    }

    @Test
    void anApiThatDoesNotAnswerIsAskedAgain() {
        int[] calls = new int[1];
        new ServerPlan(path -> {
            if (calls[0]++ == 0) {
                throw new IOException("no answer from https://10.43.0.1:443");
            }
            State done = state(IDLE, "abc");
            return path.startsWith("/api/v1/nodes") ? Optional.of(done.nodes()) : done.plan();
        }, new Hours(), told::add).await("system-upgrade", "server-plan", "0.2.0");
        assertThat(told).containsExactly("waiting: the API does not tell: no answer from https://10.43.0.1:443", DONE);
    }

    @Test
    void endsAfterADay() {
        assertThatThrownBy(() -> await("0.2.0", state(IDLE, "old"))).isInstanceOf(UpgradeProblem.class)
                .hasMessageContaining("gave up waiting for Plan server-plan").hasMessageContaining("server-1")
                .hasMessageContaining("kubectl -n system-upgrade get plans,jobs");
    }

    @Test
    void whatIsNoNameIsNotPutIntoAPath() {
        ServerPlan plan = new ServerPlan(_ -> Optional.empty(), new Hours(), told::add);
        for (String name : List.of("", "..", "a/b", "a?b")) {
            assertThatThrownBy(() -> plan.await("system-upgrade", name, "")).isInstanceOf(UpgradeProblem.class)
                    .hasMessageContaining("is no name of a Plan");
        }
    }
}
