package io.k3j.features;

import io.k3j.componentapi.Identities;
import io.k3j.componentapi.Identity;
import io.k3j.featuremodel.Feature;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.osgi.framework.Bundle;

/// Identities by symbolic name: a swapped bundle has the same users as its predecessor. `%{NODE_NAME}%` in a
/// user or group is replaced by the setting, as in manifests.
final class IdentityBook implements Identities {
    private static final String NAMESPACE = "kube-system";

    private final Map<String, List<Identity>> declared = new HashMap<>();

    IdentityBook(Collection<Feature> features, UnaryOperator<String> substitute) {
        for (Feature feature : features) {
            for (Feature.Part part : feature.bundles()) {
                if (!part.identities().isEmpty()) {
                    declared.put(part.symbolicName(), part.identities().stream()
                            .map(i -> new Identity(substitute.apply(i.user()),
                                    i.groups().stream().map(substitute).toList()))
                            .toList());
                }
            }
        }
    }

    @Override
    public List<Identity> of(Bundle bundle) {
        String name = bundle.getSymbolicName();
        List<Identity> identities = declared.get(name);
        return identities == null ? List.of(serviceAccount(name)) : identities;
    }

    private static Identity serviceAccount(String symbolicName) {
        String name = symbolicName.substring(symbolicName.lastIndexOf('.') + 1);
        return new Identity("system:serviceaccount:" + NAMESPACE + ":" + name,
                List.of("system:serviceaccounts", "system:serviceaccounts:" + NAMESPACE));
    }
}
