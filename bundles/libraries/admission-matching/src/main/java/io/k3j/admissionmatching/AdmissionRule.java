package io.k3j.admissionmatching;

import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;

/// One of the `rules` of a webhook or the `resourceRules` of a policy, ready to be compared. Pure.
/// @param resources each a resource and a subresource, empty for none; `*` is any
/// @param names of objects (`resourceNames`); none is any
public record AdmissionRule(Set<String> operations, Set<String> groups, Set<String> versions, List<Path> resources,
        String scope, Set<String> names) {
    /// Matches no request.
    public static final AdmissionRule NEVER = of(Struct.EMPTY);
    private static final String ANY = "*";

    /// What stands in `resources`.
    /// @param subresource empty for none
    public record Path(String resource, String subresource) {
        static Path of(String text) {
            int slash = text.indexOf('/');
            return slash < 0 ? new Path(text, "") : new Path(text.substring(0, slash), text.substring(slash + 1));
        }

        boolean matches(String name, String sub) {
            return (resource.equals(ANY) || resource.equals(name)) && (subresource.equals(ANY)
                    || subresource.equals(sub));
        }
    }

    /// A rule as it stands in an object.
    public static AdmissionRule of(Struct rule) {
        return new AdmissionRule(Set.copyOf(rule.seq("operations").texts()), Set.copyOf(rule.seq("apiGroups").texts()),
                Set.copyOf(rule.seq("apiVersions").texts()),
                rule.seq("resources").texts().stream().map(Path::of).toList(), rule.text("scope", ANY),
                Set.copyOf(rule.seq("resourceNames").texts()));
    }

    /// Whether it is for such a request.
    /// @param inNamespace whether the request names a namespace
    public boolean matches(Operation operation, Gvr resource, String subresource, boolean inNamespace) {
        return has(operations, operation.name()) && has(groups, resource.group()) && has(versions, resource.version())
                && scoped(resource, inNamespace) && anyPath(resource.resource(), subresource);
    }

    private boolean anyPath(String resource, String subresource) {
        for (Path path : resources) {
            if (path.matches(resource, subresource)) {
                return true;
            }
        }
        return false;
    }

    /// Whether it is for an object of this name, which is empty where the server has yet to make one.
    public boolean named(String name) {
        return names.isEmpty() || names.contains(name);
    }

    private static boolean has(Set<String> wanted, String value) {
        return wanted.contains(value) || wanted.contains(ANY);
    }

    /// Namespaces are in none, though requests for them name one.
    private boolean scoped(Gvr resource, boolean inNamespace) {
        boolean namespaced = inNamespace && !(resource.resource().equals("namespaces") && resource.group().isEmpty());
        return switch (scope) {
            case ANY -> true;
            case "Namespaced" -> namespaced;
            case "Cluster" -> !namespaced;
            default -> false;
        };
    }
}
