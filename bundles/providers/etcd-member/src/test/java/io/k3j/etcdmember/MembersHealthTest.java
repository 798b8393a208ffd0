package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.jetcd.EtcdCluster;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembersHealthTest {
    private final List<String> asked = new ArrayList<>();

    private static EtcdCluster.Member member(long id, String name, boolean learner) {
        List<String> clients = name.isEmpty() ? List.of() : List.of("https://" + name + ":2379");
        return new EtcdCluster.Member(id, name, List.of("https://peer:2380"), clients, learner);
    }

    private List<Struct> seen(boolean own) {
        Member.State state = new Member.State(own, 1, 2, List.of(member(1, "a", false), member(2, "b", false),
                member(3, "c", true), member(4, "", true)));
        return MembersHealth.of(state, one -> {
            asked.add(one.name());
            return one.name().equals("b");
        }).seq("members").structs();
    }

    @Test
    void everyMemberThatHasStartedIsAskedButTheOwnOne() {
        assertThat(seen(true)).containsExactly(
                Struct.of("name", "a", "own", true, "voter", true, "healthy", true),
                Struct.of("name", "b", "own", false, "voter", true, "healthy", true),
                Struct.of("name", "c", "own", false, "voter", false, "healthy", false),
                Struct.of("name", "", "own", false, "voter", false, "healthy", false));
        assertThat(asked).containsExactly("b", "c");
    }

    @Test
    void theOwnOneIsAsItWasSeenLast() {
        assertThat(seen(false).getFirst().flag("healthy")).isFalse();
    }
}
