package io.k3j.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who has something of what all share, and who gives way.
class PoolTest {
    private static final long SOON = 1;
    private static final long LATE = 60_000;
    private final List<String> ended = new ArrayList<>();

    /// Somebody who goes when he is told to.
    private Pool.Room held(Pool pool, String user, long amount) {
        Pool.Room[] own = new Pool.Room[1];
        own[0] = pool.room(user, false, () -> {
            ended.add(user);
            own[0].close();
        });
        own[0].more(amount);
        return own[0];
    }

    private static void refused(Pool.Room room, long amount) {
        assertThatThrownBy(() -> room.more(amount)).isInstanceOf(ApiFault.class);
    }

    @Test
    void whoHasHadHisForLongGivesWayToWhoWaits() {
        Pool pool = new Pool(new Pool.Bounds(3, 0, 3, LATE), "full", 0);
        held(pool, "first", 1);
        held(pool, "second", 1);
        held(pool, "third", 1);
        assertThat(ended).as("nobody waits").isEmpty();
        pool.room("alice", false).more(1);
        assertThat(ended).as("the oldest, and no more than is needed").containsExactly("first");
        pool.room("bob", false).more(2);
        assertThat(ended).containsExactly("first", "second", "third");
        assertThat(pool.taken()).isEqualTo(3);
    }

    @Test
    void whoHasHadHisForAMomentDoesNot() {
        Pool pool = new Pool(new Pool.Bounds(1, 0, 1, SOON), "full", LATE);
        held(pool, "first", 1);
        refused(pool.room("alice", false), 1);
        assertThat(ended).isEmpty();
    }

    @Test
    void whereAUserHasHisPartOthersKeepTheirs() {
        Pool pool = new Pool(new Pool.Bounds(4, 0, 2, LATE), "full", 0);
        held(pool, "other", 1);
        held(pool, "mallory", 2);
        held(pool, "mallory", 1);
        assertThat(ended).containsExactly("mallory");
        assertThat(pool.taken()).isEqualTo(2);
    }

    /// Who is on his way out is waited for, and nobody else is told to go for that.
    @Test
    void whoIsGoingIsNotToldAgain() {
        Pool pool = new Pool(new Pool.Bounds(2, 0, 2, SOON), "full", 0);
        Pool.Room slow = pool.room("slow", false, () -> ended.add("slow"));
        slow.more(1);
        held(pool, "other", 1);
        refused(pool.room("alice", false), 1);
        refused(pool.room("alice", false), 1);
        assertThat(ended).containsExactly("slow");
        slow.close();
        pool.room("alice", false).more(1);
        assertThat(ended).containsExactly("slow");
    }

    @Test
    void serviceAccountsOfANamespaceHaveOnePart() {
        Pool pool = new Pool(new Pool.Bounds(10, 0, 2, SOON), "full", LATE);
        pool.room("system:serviceaccount:a:one", false).more(1);
        pool.room("system:serviceaccount:a:two", false).more(1);
        refused(pool.room("system:serviceaccount:a:three", false), 1);
        pool.room("system:serviceaccount:b:one", false).more(2);
        pool.room("system:serviceaccount:kube-system:one", false).more(2);
        pool.room("system:serviceaccount:kube-system:two", false).more(2);
    }

    @Test
    void answersOfUsersLeaveRoomForNodes() {
        AnswerBudget answers = new AnswerBudget(100, 10);
        Runnable end = () -> ended.add("end");
        for (int i = 0; i < 4; i++) {
            answers.room(Caller.of("user-" + i, List.of()), end).more(10);
        }
        answers.room(Caller.of("system:node:n", List.of("system:nodes")), end).more(10);
        answers.room(Caller.of("root", List.of("system:masters")), end).more(10);
        assertThat(answers.taken()).isEqualTo(60);
    }
}
