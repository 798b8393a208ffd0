package io.k3j.etcdmember;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemberRemovalsTest {
    private static final Set<String> ALL = Set.of("n1-00000001", "n2-00000002", "n3-00000003");
    private final Member one = member("n1-00000001", 1);
    private final Member two = member("n2-00000002", 2);
    private final Member three = member("n3-00000003", 3);

    private static Member member(String name, long id) {
        return new Member(id, name, List.of("https://" + id + ":2380"), List.of(), false);
    }

    private static Obj node(String name, Object... annotations) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "annotations", Struct.of(annotations))));
    }

    private static List<String> names(List<MemberRemovals> plan) {
        return plan.stream().map(r -> r.member().name()).toList();
    }

    @Test
    void aMemberIsRemovedWithItsNode() {
        assertThat(names(MemberRemovals.plan(List.of(node("n1"), node("n2")), List.of(one, two, three),
                ALL))).containsExactly("n3-00000003");
    }

    @Test
    void aServerThatNeverHadANodeIsKept() {
        assertThat(MemberRemovals.plan(List.of(node("n1")), List.of(one, two, three), Set.of("n1-00000001"))).isEmpty();
    }

    @Test
    void aMemberIsRemovedOnceWhenItsNodeRequestsIt() {
        Obj asks = node("n2", MemberRemovals.REMOVE, "true");
        Obj done = node("n3", MemberRemovals.REMOVE, "true", MemberRemovals.REMOVED, "n3-00000003");
        assertThat(names(MemberRemovals.plan(List.of(node("n1"), asks, done), List.of(one, two, three),
                ALL))).containsExactly("n2-00000002");
    }

    @Test
    void aRejoinedServerIsNotRemoved() {
        Member back = member("n3-99999999", 4);
        assertThat(MemberRemovals.plan(List.of(node("n1"), node("n2")), List.of(one, two, back), ALL)).isEmpty();
    }

    @Test
    void theLastVoterIsKept() {
        assertThat(MemberRemovals.plan(List.of(node("n1", MemberRemovals.REMOVE, "true")), List.of(one),
                Set.of("n1-00000001")))
                .isEmpty();
        assertThat(MemberRemovals.plan(List.of(), List.of(one, two), ALL)).hasSize(1);
    }
}
