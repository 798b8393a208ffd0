package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdTxn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Whose turn it is, by what etcd answers.
class RestartTurnTest {
    private static final EtcdTxn.Result DONE = new EtcdTxn.Result(true, 8, List.of());
    private final Deque<EtcdTxn.Result> answers = new ArrayDeque<>();
    private final List<Duration> leases = new ArrayList<>();
    private int commits;
    private final RestartTurn turn = new RestartTurn(new RestartTurn.Store() {
        @Override
        public long lease(Duration length) {
            leases.add(length);
            return leases.size();
        }

        @Override
        public EtcdTxn.Result commit(EtcdTxn txn) {
            commits++;
            return answers.remove();
        }
    });

    /// The condition does not hold: somebody has the key, or has had it.
    private static EtcdTxn.Result has(String... names) {
        List<EtcdKey> keys = Stream.of(names).map(name -> new EtcdKey("k3s/etcd-restart",
                name.getBytes(StandardCharsets.UTF_8), 7, 8, 1, 9)).toList();
        return new EtcdTxn.Result(false, 8, List.of(new EtcdPage(keys, false, keys.size(), 8, 1)));
    }

    @Test
    void theFirstHasTheTurnForTwoMinutes() {
        answers.add(DONE);
        assertThat(turn.take("server-1")).isEqualTo("server-1");
        assertThat(leases).containsExactly(Duration.ofMinutes(2));
    }

    @Test
    void anotherOneIsTold() {
        answers.add(has("server-2"));
        assertThat(turn.take("server-1")).isEqualTo("server-2");
        assertThat(commits).as("nothing is taken from it").isEqualTo(1);
        answers.add(has("server-2"));
        turn.end("server-1");
        assertThat(commits).as("nor ended").isEqualTo(2);
    }

    @Test
    void whoHasItBeginsAnewUnlessAnotherOneWasFasterWhenItWasOver() {
        answers.addAll(List.of(has("server-1"), DONE));
        assertThat(turn.take("server-1")).isEqualTo("server-1");
        answers.addAll(List.of(has("server-1"), has("server-2")));
        assertThat(turn.take("server-1")).isEqualTo("server-2");
        answers.addAll(List.of(has("server-1"), has()));
        assertThat(turn.take("server-1")).as("it has ended in between").isNotEqualTo("server-1");
    }

    @Test
    void whoHasItEndsIt() {
        answers.addAll(List.of(has("server-1"), DONE));
        turn.end("server-1");
        assertThat(answers).isEmpty();
    }
}
