package io.k3j.corerules;

import io.k3j.kindrules.KindRules;
import java.util.Map;

/// The rules of Services, what is behind them and where they run, by kind. Everything else in this package is behind
/// them.
public final class CoreKinds {
    private CoreKinds() {
    }

    /// Made once, for any thread.
    ///
    /// @return by kind, as `Service`; not to be changed
    public static Map<String, KindRules> rules() {
        return Map.of("Service", new ServiceRules(), "Endpoints", new EndpointRules(), "EndpointSlice",
                new SliceRules(), "Node", new NodeKindRules(), "Namespace", new NamespaceRules(), "ServiceAccount",
                new AccountRules());
    }
}
