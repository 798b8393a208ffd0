package io.k3j.corerules;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// What may become of a Service's cluster addresses and families: the first of both stays, the second comes and goes
/// with the policy. Upstream's `validateUpgradeDowngradeClusterIPs` and `validateUpgradeDowngradeIPFamilies`. Pure.
final class ServiceFamilyChanges {
    private static final String ADDRESSES = "clusterIPs";
    private static final String FAMILIES = "ipFamilies";
    private static final String CHANGED = "may not change once set";

    private ServiceFamilyChanges() {
    }

    /// @param p the spec, of a Service that has addresses before and after
    static void check(Struct before, Struct spec, Problems p) {
        boolean was = ServiceRules.headless(before);
        boolean is = ServiceRules.headless(spec);
        if (!was || !is) {
            addresses(before.seq(ADDRESSES), spec, p);
        }
        if (!was && !is) {
            families(before.seq(FAMILIES), spec, p);
        }
    }

    private static void addresses(Seq old, Struct spec, Problems p) {
        Seq now = spec.seq(ADDRESSES);
        if (old.size() == now.size()) {
            for (int i = 0; i < old.size(); i++) {
                if (!old.text(i).equals(now.text(i))) {
                    p.at(ADDRESSES, i).invalid(now, CHANGED);
                }
            }
            return;
        }
        if (now.isEmpty()) {
            p.at(ADDRESSES, 0).invalid(now, "primary clusterIP can not be unset");
        } else if (!old.isEmpty() && !old.text(0).equals(now.text(0))) {
            p.at(ADDRESSES, 0).invalid(now, CHANGED);
        }
        released(old, now, spec, "clusterIP", p);
    }

    private static void families(Seq old, Struct spec, Problems p) {
        Seq now = spec.seq(FAMILIES);
        Seq addresses = spec.seq(ADDRESSES);
        if (old.size() == now.size()) {
            for (int i = 0; i < old.size(); i++) {
                if (!old.text(i).equals(now.text(i))) {
                    p.at(FAMILIES, 0).invalid(now, CHANGED);
                }
            }
            return;
        }
        if (old.size() > now.size() && addresses.isEmpty()) {
            p.at(FAMILIES, 0).invalid(now, "primary ipFamily can not be unset");
        }
        if (!old.isEmpty() && !now.isEmpty() && !old.text(0).equals(now.text(0))) {
            p.at(FAMILIES, 0).invalid(addresses, CHANGED);
        }
        released(old, now, spec, "ipFamily", p);
    }

    private static void released(Seq old, Seq now, Struct spec, String what, Problems p) {
        if (old.size() > now.size() && now.size() == 1 && !spec.text("ipFamilyPolicy").equals("SingleStack")) {
            p.at("ipFamilyPolicy").invalid(spec.get("ipFamilyPolicy"),
                    "must be set to 'SingleStack' when releasing the secondary " + what);
        }
    }
}
