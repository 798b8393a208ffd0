package io.k3j.netpolicy;

import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.Map;

/// One entry of a rule's `from` or `to`.
public sealed interface PolicyPeer {
    /// Pods by labels.
    ///
    /// @param namespace the only one they may be in; empty: those that `namespaces` selects
    /// @param namespaces selects by the labels of Namespaces
    /// @param pods selects by the labels of pods
    record Pods(String namespace, Selector namespaces, Selector pods) implements PolicyPeer {
        /// Every pod of the cluster.
        public static final Pods ALL = new Pods("", Selector.EVERYTHING, Selector.EVERYTHING);

        /// Whether a pod is one of them.
        /// @param namespaceLabels of its Namespace; of one that is not known nothing is selected by labels
        public boolean selects(PolicyPod pod, Map<String, String> namespaceLabels) {
            return reaches(pod.key().namespace(), namespaceLabels) && pods.matches(pod.labels());
        }

        /// Whether pods of a namespace can be among them.
        public boolean reaches(String its, Map<String, String> namespaceLabels) {
            return namespace.isEmpty() ? !namespaceLabels.isEmpty() && namespaces.matches(namespaceLabels)
                    : namespace.equals(its);
        }
    }

    /// Addresses.
    record Block(AddressRanges ranges) implements PolicyPeer {
    }

    /// Reads an entry of a policy's rule. One that says nothing, or nothing that can be understood, is a block
    /// without addresses.
    ///
    /// @param namespace of the policy
    static PolicyPeer of(Struct entry, String namespace) {
        if (entry.has("ipBlock")) {
            Struct block = entry.struct("ipBlock");
            return new Block(AddressRanges.block(block.text("cidr"), block.seq("except").texts()));
        }
        boolean spaces = entry.has("namespaceSelector");
        if (!spaces && !entry.has("podSelector")) {
            return new Block(AddressRanges.NONE);
        }
        Selector pods = selector(entry.struct("podSelector"));
        return spaces ? new Pods("", selector(entry.struct("namespaceSelector")), pods)
                : new Pods(namespace, Selector.EVERYTHING, pods);
    }

    /// A selector; one with an operator nobody knows selects nothing.
    static Selector selector(Struct text) {
        try {
            return Selector.of(text);
        } catch (IllegalArgumentException unknown) {
            return Selector.NOTHING;
        }
    }
}
