package io.k3j.apiaccess;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Whether somebody may act as somebody else for one request: upstream's constrained impersonation (KEP-5284) with
/// plain `impersonate` behind it. Which way was good for a user before is tried first the next time, so that plain
/// impersonation costs what it did; no permission is remembered, and one that is taken away counts at once. Any thread;
/// blocks while an authorizer does.
final class Impersonation {
    /// For how many users it is known which way was good; two who meet in one place only change what is tried first.
    static final int REMEMBERED = 1 << 12;
    /// From how many groups or extra values on one question for all of them comes first, as upstream.
    static final int MANY = 4;
    private static final String ANY = "*";
    private static final String AUTHENTICATION = "authentication.k8s.io";
    private static final String NODES = "system:nodes";
    private static final String KEYS = "authentication.kubernetes.io/associated-node-keys";
    private static final int FORBIDDEN = 403;
    private static final ImpersonationMode[] MODES = ImpersonationMode.values();
    private final Check check;
    /// A mode's place in the order and one, by a user's name; 0 where nothing is known.
    private final AtomicIntegerArray good = new AtomicIntegerArray(REMEMBERED);

    /// Asks authorizers.
    interface Check {
        /// Returns when the caller may do this.
        /// @throws ApiFault 403, 503
        void allowed(Caller caller, Attributes what);
    }

    /// As whom a request goes on.
    /// @param constraint the verb that allowed it, empty for plain impersonation
    record Acting(Caller as, String constraint) {
    }

    Impersonation(Check check) {
        this.check = check;
    }

    /// As whom the sender of a request acts.
    /// @param wanted what its headers say
    /// @param what the request is about
    /// @throws ApiFault 403 when he may not in any way: the refusal of the way that was tried first; 503
    Acting acting(Caller real, Caller wanted, Attributes what) {
        ApiFault refused = null;
        for (ImpersonationMode mode : order(real.user())) {
            if (mode.applies(real, wanted)) {
                try {
                    Caller as = allowed(mode, real, wanted, what);
                    good.set(place(real.user()), mode.ordinal() + 1);
                    return new Acting(as, mode.constraint());
                } catch (ApiFault no) {
                    if (no.code() != FORBIDDEN) {
                        throw no;
                    }
                    refused = refused == null ? no : refused;
                }
            }
        }
        throw refused == null ? ApiFault.internal("no impersonation mode applies") : refused;
    }

    private static int place(String user) {
        return Math.floorMod(user.hashCode(), REMEMBERED);
    }

    private Set<ImpersonationMode> order(String user) {
        int first = good.get(place(user));
        if (first == 0) {
            return EnumSet.allOf(ImpersonationMode.class);
        }
        Set<ImpersonationMode> order = new LinkedHashSet<>(List.of(MODES[first - 1]));
        order.addAll(List.of(MODES));
        return order;
    }

    private Caller allowed(ImpersonationMode mode, Caller real, Caller wanted, Attributes what) {
        Caller asks = mode == ImpersonationMode.ASSOCIATED_NODE ? withoutValues(real) : real;
        if (mode.constrained()) {
            check.allowed(asks, mode.on(what));
        }
        check.allowed(asks, subject(mode, wanted));
        if (!wanted.uid().isEmpty()) {
            check.allowed(asks, part(mode, AUTHENTICATION, "uids", "", wanted.uid()));
        }
        groups(mode, asks, wanted.groups());
        extra(mode, asks, wanted.extra());
        return completed(mode, wanted);
    }

    /// Where the permission is one for all nodes, authorizers are told the names of the extra values only, as upstream:
    /// what is in them differs from pod to pod.
    private static Caller withoutValues(Caller real) {
        return new Caller(real.user(), real.uid(), real.groups(),
                Map.of(KEYS, List.copyOf(new TreeSet<>(real.extra().keySet()))));
    }

    private static Attributes subject(ImpersonationMode mode, Caller wanted) {
        String group = mode.constrained() ? AUTHENTICATION : "";
        Optional<Key> account = UserNames.account(wanted.user());
        if (account.isPresent()) {
            return new Attributes(mode.verb(), group, "v1", "serviceaccounts", "", account.get().namespace(),
                    account.get().name(), "");
        }
        Optional<String> node = mode.constrained() ? UserNames.node(wanted.user()) : Optional.empty();
        if (node.isPresent()) {
            return part(mode, group, "nodes", "", mode == ImpersonationMode.ASSOCIATED_NODE ? ANY : node.get());
        }
        return part(mode, group, "users", "", wanted.user());
    }

    private static Attributes part(ImpersonationMode mode, String group, String resource, String subresource,
            String name) {
        return new Attributes(mode.verb(), group, "v1", resource, subresource, "", name, "");
    }

    private void groups(ImpersonationMode mode, Caller asks, List<String> groups) {
        String api = mode.constrained() ? AUTHENTICATION : "";
        if (mode.constrained()) {
            if (groups.contains("")) {
                throw Access.forbidden(asks, part(mode, api, "groups", "", ""),
                        "impersonating the empty string group is not allowed");
            }
            if (groups.contains(Access.MASTERS)) {
                throw Access.forbidden(asks, part(mode, api, "groups", "", Access.MASTERS),
                        "impersonating the system:masters group is not allowed");
            }
            if (groups.size() >= MANY && may(asks, part(mode, api, "groups", "", ANY))) {
                return;
            }
        }
        groups.forEach(group -> check.allowed(asks, part(mode, api, "groups", "", group)));
    }

    private void extra(ImpersonationMode mode, Caller asks, Map<String, List<String>> extra) {
        if (mode.constrained()) {
            String wrong = ImpersonatedExtra.problem(extra);
            if (!wrong.isEmpty()) {
                throw Access.forbidden(asks, part(mode, AUTHENTICATION, "userextras", "", ""), wrong);
            }
            int values = extra.values().stream().mapToInt(List::size).sum();
            if (values >= MANY && may(asks, part(mode, AUTHENTICATION, "userextras", ANY, ANY))) {
                return;
            }
        }
        extra.forEach((key, values) -> values
                .forEach(value -> check.allowed(asks, part(mode, AUTHENTICATION, "userextras", key, value))));
    }

    private boolean may(Caller asks, Attributes what) {
        try {
            check.allowed(asks, what);
            return true;
        } catch (ApiFault no) {
            if (no.code() != FORBIDDEN) {
                throw no;
            }
            return false;
        }
    }

    /// With the groups that follow from his name.
    private static Caller completed(ImpersonationMode mode, Caller wanted) {
        List<String> groups = new ArrayList<>(wanted.groups());
        if (groups.isEmpty()) {
            UserNames.account(wanted.user()).ifPresent(account -> groups.addAll(
                    List.of("system:serviceaccounts", "system:serviceaccounts:" + account.namespace())));
            if (mode.constrained() && UserNames.node(wanted.user()).isPresent()) {
                groups.add(NODES);
            }
        }
        String said = wanted.user().equals(Caller.ANONYMOUS.user()) ? Access.UNAUTHENTICATED : Access.AUTHENTICATED;
        if (!groups.contains(said) && !groups.contains(Access.UNAUTHENTICATED)) {
            groups.add(said);
        }
        return new Caller(wanted.user(), wanted.uid(), List.copyOf(groups), wanted.extra());
    }
}
