package io.k3j.corerules;

import io.k3j.corevalidation.AddressProblems;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// The ranges of a Node's pods, by which every other node routes: `podCIDRs`, the first of which is `podCIDR`. Pure.
final class NodeRanges {
    private NodeRanges() {
    }

    /// Checks ranges that are not as they were: whoever could change them would take over the addresses of other
    /// nodes' pods.
    static void check(Struct before, Struct spec, Problems p) {
        Seq old = before.seq("podCIDRs");
        Seq ranges = spec.seq("podCIDRs");
        String first = spec.text("podCIDR");
        if (old.equals(ranges) && before.text("podCIDR").equals(first)) {
            return;
        }
        if (!old.isEmpty() && !old.equals(ranges)) {
            p.at("podCIDRs").forbidden("node updates may not change podCIDR except from \"\" to valid");
        }
        for (int i = 0; i < ranges.size(); i++) {
            p.at("podCIDRs", i).invalid(ranges.text(i), AddressProblems.legacyCidr(ranges.text(i)));
        }
        boolean pair = ranges.size() == 2 && ranges.text(0).contains(":") != ranges.text(1).contains(":");
        if (ranges.size() > 1 && !pair) {
            p.at("podCIDRs").invalid(ranges, "may specify no more than one CIDR for each IP family");
        }
        if (!ranges.isEmpty() && !first.isEmpty() && !ranges.text(0).equals(first)) {
            p.at("podCIDRs", 0).invalid(ranges.text(0), "must equal `podCIDR`");
        }
    }
}
