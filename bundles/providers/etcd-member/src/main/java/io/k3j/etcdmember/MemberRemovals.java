package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Which members have to leave: those whose Node was deleted, and those whose Node has the annotation that
/// requests it.
///
/// @param member the member to remove
/// @param node the Node that requested it; empty when it was deleted
record MemberRemovals(Member member, Optional<Obj> node) {
    /// Annotation of a Node: the name of its member.
    static final String NAME = "etcd.k3s.cattle.io/node-name";
    /// Annotation of a Node: the address of its member.
    static final String ADDRESS = "etcd.k3s.cattle.io/node-address";
    /// Annotation of a Node: `true` requests the removal of its member.
    static final String REMOVE = "etcd.k3s.cattle.io/remove";
    /// Annotation of a Node: the member that was removed.
    static final String REMOVED = "etcd.k3s.cattle.io/removed-node-name";

    /// @param known the members whose Node was seen once; this excludes servers without a node, and a server
    ///        that has just rejoined under a new name
    static List<MemberRemovals> plan(List<Obj> nodes, List<Member> members, Set<String> known) {
        Map<String, Obj> byName = new TreeMap<>();
        nodes.forEach(node -> byName.put(node.name(), node));
        long voters = members.stream().filter(m -> !m.learner()).count();
        List<MemberRemovals> all = new ArrayList<>();
        for (Member member : members) {
            String name = MemberName.node(member.name());
            Obj node = byName.get(name);
            boolean deleted = node == null && known.contains(member.name());
            boolean requested = node != null && "true".equals(annotation(node, REMOVE))
                    && !member.name().equals(annotation(node, REMOVED));
            boolean last = !member.learner() && voters < 2;
            if (!member.name().isEmpty() && (deleted || requested) && !last) {
                voters -= member.learner() ? 0 : 1;
                all.add(new MemberRemovals(member, Optional.ofNullable(node)));
            }
        }
        return all;
    }

    static String annotation(Obj node, String name) {
        return node.tree().struct("metadata").struct("annotations").text(name);
    }
}
