package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Deletes the content of one namespace and counts what remains.
///
/// @param resources those of which there were objects before
/// @param remaining the number of remaining objects by resource
/// @param finalizers the number of objects that wait for each finalizer
/// @param undiscovered why discovery failed, or empty
/// @param failed one message per failed deletion
record NamespaceContent(Set<Gvr> resources, Map<String, Integer> remaining, Map<String, Integer> finalizers,
        String undiscovered, List<String> failed) {
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    /// Deletes everything in a namespace: pods first; other objects only when no pod remains, so that nothing a pod
    /// depends on (a NetworkPolicy, a Secret) is deleted before it. A server that cannot be asked keeps the namespace,
    /// not the content that others have.
    static NamespaceContent deleteAll(ApiClient api, String namespace) {
        ApiClient.Discovered found = api.discover();
        NamespaceContent content = new NamespaceContent(new HashSet<>(), new TreeMap<>(),
                new TreeMap<>(), undiscovered(found.failures()), new ArrayList<>());
        List<ApiResource> here = found.resources().stream()
                .filter(r -> r.namespaced() && r.can("list") && r.can("delete")).toList();
        here.stream().filter(r -> r.resource().equals(BuiltinResources.PODS))
                .forEach(r -> content.remove(api, r, namespace));
        if (content.remaining().isEmpty()) {
            here.stream().filter(r -> !r.resource().equals(BuiltinResources.PODS))
                    .forEach(r -> content.remove(api, r, namespace));
        }
        return content;
    }

    private static String undiscovered(List<String> failures) {
        return failures.isEmpty() ? "" : "Discovery failed for some groups, " + failures.size()
                + " failing: unable to retrieve the complete list of server APIs: " + String.join(", ", failures);
    }

    /// Whether there was anything before.
    boolean found() {
        return !resources.isEmpty();
    }

    /// Whether nothing is left, as far as is known.
    boolean isEmpty() {
        return remaining.isEmpty() && undiscovered.isEmpty() && failed.isEmpty();
    }

    private void remove(ApiClient api, ApiResource resource, String namespace) {
        try {
            List<Obj> there = listed(api, resource, namespace);
            if (!there.isEmpty()) {
                resources.add(resource.resource());
                delete(api, resource, namespace, there);
                count(resource, listed(api, resource, namespace));
            }
        } catch (ApiFault fault) {
            failed.add("unexpected error deleting " + resource.resource().qualified() + ": " + fault.getMessage());
        }
    }

    /// What cannot be listed, though discovery says so, is not there.
    private static List<Obj> listed(ApiClient api, ApiResource resource, String namespace) {
        List<Obj> all = new ArrayList<>();
        unlessUnsupported(() -> all.addAll(api.list(resource.resource(), Query.in(namespace)).items()));
        return all;
    }

    private static void delete(ApiClient api, ApiResource resource, String namespace, List<Obj> there) {
        DeleteOptions background = DeleteOptions.PLAIN.propagating("Background");
        boolean all = resource.can("deletecollection")
                && unlessUnsupported(() -> api.deleteAll(resource.resource(), Query.in(namespace), background));
        if (!all) {
            there.forEach(object -> unlessUnsupported(
                    () -> api.delete(resource.resource(), object.key(), background.ifUid(object.uid()))));
        }
    }

    /// @return false for 404 and 405
    private static boolean unlessUnsupported(Runnable call) {
        try {
            call.run();
            return true;
        } catch (ApiFault fault) {
            if (fault.code() != NOT_FOUND && fault.code() != NOT_ALLOWED) {
                throw fault;
            }
            return false;
        }
    }

    private void count(ApiResource resource, List<Obj> left) {
        if (!left.isEmpty()) {
            remaining.put(resource.resource().resource() + "." + resource.resource().group(), left.size());
            left.forEach(o -> o.finalizers().forEach(f -> finalizers.merge(f, 1, Integer::sum)));
        }
    }

    /// The conditions of the namespace, with upstream's messages.
    Seq conditions(Seq before, Instant now) {
        Seq c = before;
        c = with(c, now, "NamespaceDeletionDiscoveryFailure", undiscovered,
                "DiscoveryFailed", "ResourcesDiscovered", "All resources successfully discovered");
        c = with(c, now, "NamespaceDeletionGroupVersionParsingFailure", "",
                "GroupVersionParsingFailed", "ParsedGroupVersions", "All legacy kube types successfully parsed");
        c = with(c, now, "NamespaceDeletionContentFailure", failure(),
                "ContentDeletionFailed", "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization");
        c = with(c, now, "NamespaceContentRemaining",
                listed(remaining, "Some resources are remaining: ", " has ", " resource instances"),
                "SomeResourcesRemain", "ContentRemoved", "All content successfully removed");
        return with(c, now, "NamespaceFinalizersRemaining",
                listed(finalizers, "Some content in the namespace has finalizers remaining: ", " in ",
                        " resource instances"),
                "SomeFinalizersRemain", "ContentHasNoFinalizers", "All content-preserving finalizers finished");
    }

    private String failure() {
        return failed.isEmpty()
                ? ""
                : "Failed to delete all resource types, " + failed.size() + " remaining: " + String.join(", ", failed);
    }

    private static String listed(Map<String, Integer> counts, String start, String between, String end) {
        List<String> parts = counts.entrySet().stream().map(e -> e.getKey() + between + e.getValue() + end).toList();
        return parts.isEmpty() ? "" : start + String.join(", ", parts);
    }

    private static Seq with(Seq conditions, Instant now, String type, String problem, String... reasonsAndText) {
        boolean bad = !problem.isEmpty();
        return Conditions.with(conditions,
                Conditions.of(type, bad, reasonsAndText[bad ? 0 : 1], bad ? problem : reasonsAndText[2]), now);
    }
}
