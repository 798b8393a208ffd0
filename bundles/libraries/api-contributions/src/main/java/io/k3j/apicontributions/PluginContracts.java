package io.k3j.apicontributions;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authorizer;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.Lister;
import io.k3j.componentapi.Metrics;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which calls of plug-ins' services happen within limits ([PluginCalls]). Pure.
final class PluginContracts {
    /// Those whose calls do. Of the others a call may be a whole session, or is one that the distribution alone
    /// contributes.
    static final Set<Class<?>> BOUNDED = Set.of(Authenticator.class, Authorizer.class, Admission.class, Metrics.class,
            KindCatalog.class, KindHooks.class, Lister.class, Action.class, Connect.class);

    /// Those of their methods that may wait for somebody outside, whoever implements them.
    private static final Map<Class<?>, Set<String>> OUTSIDE = Map.of(Lister.class, Set.of("get", "list"), Action.class,
            Set.of("perform"), KindHooks.class, Set.of("converted"));

    private PluginContracts() {
    }

    /// Whether a call does: all of those contracts but what lasts as long as the connection that it serves.
    static boolean isBounded(Method method) {
        return BOUNDED.contains(method.getDeclaringClass())
                && !(method.getDeclaringClass() == Connect.class && method.getName().equals("serve"));
    }

    /// Whether its answer may wait for somebody outside of the process.
    /// @param remote whether an admission plug-in has said so of itself
    static boolean isOutside(Method method, boolean remote) {
        Class<?> contract = method.getDeclaringClass();
        return contract == Admission.class && remote
                || OUTSIDE.getOrDefault(contract, Set.of()).contains(method.getName());
    }

    /// The answer, with what is made as it is looked at: so that is made within the limit as well, and while nobody
    /// holds a lock.
    static @Nullable Object whole(Method method, @Nullable Object answer) {
        return answer instanceof Collection<?> all && method.getReturnType().isAssignableFrom(List.class)
                ? Collections.unmodifiableList(new ArrayList<>(all))
                : answer;
    }
}
