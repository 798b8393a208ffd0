package io.k3j.etcdmember;

import io.k3j.jetcd.EtcdCluster.Member;
import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Which members are to leave: those whose Node was deleted, and those whose Node says so. Pure.
///
/// @param member who leaves
/// @param node the Node that asked for it; empty when there is none any more
record Removals(Member member, Optional<Obj> node) {
    /// On a Node: the name of its member.
    static final String NAME = "etcd.k3s.cattle.io/node-name";
    /// On a Node: the address of its member.
    static final String ADDRESS = "etcd.k3s.cattle.io/node-address";
    /// On a Node: `true` takes its member out.
    static final String REMOVE = "etcd.k3s.cattle.io/remove";
    /// On a Node: the member that was taken out.
    static final String REMOVED = "etcd.k3s.cattle.io/removed-node-name";

    /// `known` are the members whose Node once was there: a server without a node is none of them, nor is one that
    /// has just come back under another name.
    static List<Removals> plan(List<Obj> nodes, List<Member> members, Set<String> known) {
        Map<String, Obj> byName = new TreeMap<>();
        nodes.forEach(node -> byName.put(node.name(), node));
        long voters = members.stream().filter(m -> !m.learner()).count();
        List<Removals> all = new ArrayList<>();
        for (Member member : members) {
            String name = MemberName.node(member.name());
            Obj node = byName.get(name);
            boolean gone = node == null && known.contains(member.name());
            boolean asked = node != null && "true".equals(annotation(node, REMOVE))
                    && !member.name().equals(annotation(node, REMOVED));
            boolean last = !member.learner() && voters < 2;
            if (!member.name().isEmpty() && (gone || asked) && !last) {
                voters -= member.learner() ? 0 : 1;
                all.add(new Removals(member, Optional.ofNullable(node)));
            }
        }
        return all;
    }

    static String annotation(Obj node, String name) {
        return node.tree().struct("metadata").struct("annotations").text(name);
    }
}
