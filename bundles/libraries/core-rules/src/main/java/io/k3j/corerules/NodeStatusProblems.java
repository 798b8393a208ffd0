package io.k3j.corerules;

import io.k3j.apimachinery.Quantity;
import io.k3j.corevalidation.ResourceTraits;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What is wrong with what a kubelet says of its Node. Pure.
final class NodeStatusProblems {
    private static final String FEATURES = "declaredFeatures";
    private static final int LONGEST_FEATURE = 253;

    private NodeStatusProblems() {
    }

    /// @param update whether the Node was there before
    /// @param p the Node
    static void check(boolean update, Struct before, Struct status, Problems p) {
        for (String amounts : List.of("capacity", "allocatable")) {
            Struct all = status.struct(amounts);
            for (int i = 0; i < all.size(); i++) {
                amount(all.name(i), all, p.at("status").at(amounts));
            }
        }
        Struct swap = status.struct("nodeInfo").struct("swap");
        if (!update && swap.has("capacity") && swap.whole("capacity", 1) <= 0) {
            p.at("metadata.nodeSwapStatus.capacity").invalid(swap.get("capacity"), "must be greater than zero");
        }
        Seq addresses = status.seq("addresses");
        if (update && !before.seq("addresses").equals(addresses)) {
            unique(addresses, p.at("status"));
        }
        if (!before.seq(FEATURES).equals(status.seq(FEATURES))) {
            features(status.seq(FEATURES), p.at("status"));
        }
    }

    private static void amount(String name, Struct amounts, Problems p) {
        Quantity q = p.quantity(amounts, name);
        if (q != null && ResourceTraits.whole(name) && q.milliValue() % 1000 != 0) {
            p.at(name).invalid(q.toString(), "must be an integer");
        }
    }

    private static void unique(Seq addresses, Problems p) {
        Set<Struct> seen = new HashSet<>();
        for (int i = 0; i < addresses.size(); i++) {
            if (!seen.add(addresses.struct(i))) {
                p.at("addresses", i).duplicate(addresses.struct(i));
            }
        }
    }

    private static void features(Seq features, Problems p) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < features.size(); i++) {
            String name = features.text(i);
            Problems at = p.at(FEATURES, i);
            if (name.length() > LONGEST_FEATURE) {
                at.tooLong(LONGEST_FEATURE);
            }
            if (!isFeature(name)) {
                at.invalid(name, "invalid feature name \"" + name + "\": must start with an UpperCamelCase segment,"
                        + " with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and"
                        + " contain only alphanumeric characters and slashes");
            }
            if (!seen.add(name)) {
                at.duplicate(name);
            } else if (i > 0 && name.compareTo(features.text(i - 1)) < 0) {
                at.invalid(name, "list must be sorted alphabetically");
            }
        }
    }

    private static boolean isFeature(String name) {
        return !name.isEmpty() && name.charAt(0) >= 'A' && name.charAt(0) <= 'Z'
                && Stream.of(name.split("/", -1)).allMatch(NodeStatusProblems::isSegment);
    }

    private static boolean isSegment(String text) {
        return !text.isEmpty() && text.chars().allMatch(
                c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9');
    }
}
