package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.ClusterDecisions.Decided;
import io.k3j.componentapi.ClusterDecisions.Report;
import io.k3j.componentapi.SwapRefused;
import io.k3j.datastorememory.MemoryDatastore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What two servers on one datastore hear of each other's decisions.
class ClusterRecordTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private final MemoryDatastore store = new MemoryDatastore(true);
    private final ClusterRecord one = new ClusterRecord(() -> store, "one");
    private final ClusterRecord two = new ClusterRecord(() -> store, "two");

    @AfterEach
    void close() {
        store.close();
    }

    private static CompletableFuture<Decided> waiting(ClusterRecord server, Decided known) {
        CompletableFuture<Decided> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(server.next(known, LONG));
            } catch (InterruptedException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    @Test
    void theOtherServerHearsOfADecision() throws Exception {
        assertThat(two.decided()).isEqualTo(new Decided(0, Map.of()));
        CompletableFuture<Decided> heard = waiting(two, two.decided());
        Decided made = one.decide(new Decided(0, Map.of("metrics-server", false)));
        assertThat(heard.get(60, TimeUnit.SECONDS)).isEqualTo(made).isEqualTo(two.decided());
        Decided gone = two.decide(new Decided(made.revision(), Map.of()));
        assertThat(one.next(made, LONG)).isEqualTo(gone);
    }

    @Test
    void ofTwoDecisionsAtOnceOneIsRefused() {
        one.decide(new Decided(0, Map.of("metrics-server", false)));
        assertThatThrownBy(() -> two.decide(new Decided(0, Map.of("servicelb", false)))).isInstanceOf(SwapRefused.class)
                .hasMessageContaining("nothing was changed");
        assertThat(two.decided().components()).isEqualTo(Map.of("metrics-server", false));
    }

    @Test
    void everybodySeesWhatEachServerSays() {
        one.report(7, Map.of("metrics-server", "DISABLED"));
        two.report(6, Map.of());
        two.report(7, Map.of("metrics-server", "does not follow yet"));
        assertThat(one.reports()).containsExactly(new Report("one", 7, Map.of("metrics-server", "DISABLED")),
                new Report("two", 7, Map.of("metrics-server", "does not follow yet")));
    }

    @Test
    void noRowIsWhereTheApiLooks() {
        one.decide(new Decided(0, Map.of("metrics-server", false)));
        one.report(7, Map.of());
        assertThat(store.range("", "", 0, 0).entries()).hasSize(2)
                .allMatch(entry -> entry.key().startsWith("k3s/component"));
    }

    @Test
    void whoWaitsIsSentAwayWhenItIsReplaced() throws Exception {
        CompletableFuture<Decided> waiting = waiting(two, two.decided());
        two.close();
        waiting.handle((decided, refused) -> "over").get(60, TimeUnit.SECONDS);
        assertThatThrownBy(() -> two.next(new Decided(0, Map.of()), LONG)).isInstanceOf(SwapRefused.class);
    }

    @Test
    void aDatastoreThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> new ClusterRecord(() -> null, "three").decided()).isInstanceOf(SwapRefused.class)
                .hasMessageContaining("the datastore is not there yet");
    }
}
