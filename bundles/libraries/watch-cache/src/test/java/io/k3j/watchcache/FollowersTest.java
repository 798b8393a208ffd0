package io.k3j.watchcache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FollowersTest {
    private static final String PREFIX = StorageKeys.ROOT + "maps/";
    private static final Set<Thread.State> AS_FAR_AS_IT_GETS = Set.of(Thread.State.BLOCKED, Thread.State.TERMINATED);
    private final Follower first = new Follower(PREFIX);
    private final Follower second = new Follower(PREFIX);

    private static Event event() {
        String key = PREFIX + "a/one";
        byte[] row = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"one\"}}".getBytes(UTF_8);
        return new Event(2, null, new Item(key, row, 2, 2));
    }

    /// The last one of the prefix leaves while another one is on its way into the group: it gets as far as it can.
    @Test
    void whoJoinsWhileTheLastOneLeavesIsGivenEvents() throws InterruptedException {
        Thread[] leaving = new Thread[1];
        Followers[] all = new Followers[1];
        all[0] = new Followers(() -> new Group(joining -> {
            if (joining == second) {
                leaving[0] = Thread.ofPlatform().start(() -> all[0].leave(first));
                while (!AS_FAR_AS_IT_GETS.contains(leaving[0].getState())) {
                    LockSupport.parkNanos(1_000_000);
                }
            }
        }));
        all[0].join(first);
        all[0].join(second);
        leaving[0].join();
        all[0].offer(event());
        assertThat(second.take(0)).hasSize(1);
        assertThat(first.take(0)).isEmpty();
    }

    @Test
    void whoHasLeftIsGivenNothingAndMayComeBack() throws InterruptedException {
        Followers followers = new Followers();
        followers.join(first);
        followers.leave(first);
        followers.offer(event());
        assertThat(first.take(0)).isEmpty();
        followers.join(first);
        followers.offer(event());
        assertThat(first.take(0)).hasSize(1);
    }

    /// Tells who joins before they are in it.
    private static final class Group extends AbstractList<Follower> {
        private final List<Follower> members = new CopyOnWriteArrayList<>();
        private final Consumer<Follower> joining;

        Group(Consumer<Follower> joining) {
            this.joining = joining;
        }

        @Override
        public Follower get(int index) {
            return members.get(index);
        }

        @Override
        public int size() {
            return members.size();
        }

        @Override
        public boolean add(Follower follower) {
            joining.accept(follower);
            return members.add(follower);
        }

        @Override
        public boolean remove(Object follower) {
            return members.remove(follower);
        }
    }
}
