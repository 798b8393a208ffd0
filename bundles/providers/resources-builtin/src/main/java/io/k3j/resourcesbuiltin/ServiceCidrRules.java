package io.k3j.resourcesbuiltin;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.AddressProblems;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;

/// Rules of ServiceCIDRs: one range, or one of each address family, which do not change but that the second family may
/// be added. Upstream's `ValidateServiceCIDR` and `ValidateServiceCIDRUpdate`.
final class ServiceCidrRules implements KindRules {
    private static final int MOST = 2;
    private static final String IMMUTABLE = "field is immutable";

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.operation() != Operation.UPDATE) {
            ranges(o.struct("spec"), p.at("spec"));
        } else if (write.subresource().isEmpty()) {
            changed(write.before().orElse(Struct.EMPTY).struct("spec").seq("cidrs"), o.struct("spec"), p.at("spec"));
        }
    }

    private static void changed(Seq before, Struct spec, Problems p) {
        Seq cidrs = spec.seq("cidrs");
        boolean second = before.size() == 1 && cidrs.size() == MOST;
        if (!second && before.size() != cidrs.size()) {
            p.at("cidrs").invalid(cidrs, IMMUTABLE);
            return;
        }
        for (int i = 0; i < before.size(); i++) {
            if (!before.text(i).equals(cidrs.text(i))) {
                p.at("cidrs", i).invalid(cidrs.text(i), IMMUTABLE);
            }
        }
        if (second) {
            ranges(spec, p);
        }
    }

    private static void ranges(Struct spec, Problems p) {
        Seq cidrs = spec.seq("cidrs");
        if (cidrs.isEmpty()) {
            p.at("cidrs").required("at least one CIDR required");
        } else if (cidrs.size() > MOST) {
            p.at("cidrs").invalid(spec, "may only hold up to 2 values");
        } else {
            for (int i = 0; i < cidrs.size(); i++) {
                p.at("cidrs", i).invalid(cidrs.text(i), AddressProblems.cidr(cidrs.text(i)));
            }
            if (cidrs.size() == MOST && oneFamily(cidrs.text(0), cidrs.text(1))) {
                p.at("cidrs").invalid(cidrs, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24"
                        + " and 2001:db8::/64");
            }
        }
    }

    private static boolean oneFamily(String one, String other) {
        return AddressProblems.isSloppyCidr(one) && AddressProblems.isSloppyCidr(other)
                && AddressProblems.sloppyCidr(one).ipv6() == AddressProblems.sloppyCidr(other).ipv6();
    }
}
