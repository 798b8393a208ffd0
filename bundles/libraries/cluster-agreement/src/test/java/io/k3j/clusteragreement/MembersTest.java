package io.k3j.clusteragreement;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.datastorememory.MemoryDatastore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who the servers of a cluster are.
class MembersTest {
    private final MemoryDatastore store = new MemoryDatastore(true);

    @AfterEach
    void close() {
        store.close();
    }

    private Members members(String self, boolean node, String api) {
        return new Members(store, self, new Members.Kind(node, api), InstantSource.system());
    }

    @Test
    void aServerSaysThatItIsThereAndMayTakeItBack() {
        Members one = members("one", false, "192.0.2.1:6443");
        assertThat(one.seen()).isTrue();
        assertThat(one.seen()).as("it was known").isFalse();
        Members two = members("two", true, "");
        assertThat(two.seen()).isTrue();
        assertThat(one.others()).containsExactly("two");
        assertThat(Members.apiServers(store)).containsExactly("192.0.2.1:6443");
        one.leave();
        assertThat(two.others()).isEmpty();
    }

    private Members called(String... names) {
        return new Members(store, "one", new Members.Kind(true, "", List.of(names)), InstantSource.system());
    }

    @Test
    void theOthersKnowByWhichNamesAServerIsLookedForNow() {
        members("one", true, "").seen();
        assertThat(Members.names(store, "")).as("as an earlier release says it").isEmpty();
        called("k3s.example.com", "192.0.2.9").seen();
        assertThat(Members.names(store, "two")).containsExactly("192.0.2.9", "k3s.example.com");
        called("192.0.2.9").seen();
        assertThat(Members.names(store, "two")).containsExactly("192.0.2.9");
        assertThat(Members.names(store, "one")).isEmpty();
    }

    @Test
    void aServerWithANodeIsForgottenWithIt() {
        members("one", true, "").seen();
        members("two", false, "").seen();
        Members three = members("three", false, "");
        three.forget("one"::equals);
        assertThat(three.others()).containsExactlyInAnyOrder("one", "two");
        three.forget(node -> false);
        assertThat(three.others()).containsExactly("two");
        assertThat(Members.LIFETIME).isEqualTo(Duration.ofMinutes(5));
    }
}
