package io.k3j.kindrules;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What can be wrong with what a pod's status says of its containers and claims, looked at by itself: a part of
/// upstream's `ValidatePodStatusUpdate`. Pure; any thread.
public final class PodStatusProblems {
    private static final List<String> LISTS = List.of("containerStatuses", "initContainerStatuses",
            "ephemeralContainerStatuses");
    private static final List<String> SPECS = List.of("containers", "initContainers", "");
    private static final List<String> HEALTH = List.of("Healthy", "Unhealthy", "Unknown");
    /// Upstream's `ResourceHealthMessageMaxLength`, bytes.
    private static final int LONGEST_MESSAGE = 1024;
    private static final String CLAIM = "resourceClaimName";
    private static final String ALLOCATED = "allocatedResourcesStatus";
    private static final String MAPPINGS = "requestMappings";
    private static final String OF_CLAIM = "claim:";

    private PodStatusProblems() {
    }

    /// Checks the status of a pod.
    ///
    /// @param pod all of it: its spec tells what the status may be about
    /// @param p the place of the status
    public static void check(Struct pod, Problems p) {
        Struct spec = pod.struct("spec");
        Struct status = pod.struct("status");
        claims(status.seq("resourceClaimStatuses"), spec.seq("resourceClaims"), p);
        if (status.has("extendedResourceClaimStatus")) {
            extended(status.struct("extendedResourceClaimStatus"), spec, p.at("extendedResourceClaimStatus"));
        }
        boolean windows = spec.struct("os").text("name").equals("windows");
        for (int l = 0; l < LISTS.size(); l++) {
            Seq containers = status.seq(LISTS.get(l));
            Map<String, Set<String>> asked = asked(spec.seq(SPECS.get(l)));
            for (int i = 0; i < containers.size() && !p.full(); i++) {
                Problems at = p.at(LISTS.get(l), i);
                Struct user = containers.struct(i).struct("user");
                if (user.has("linux")) {
                    user(user.struct("linux"), windows, at.at("user").at("linux"));
                }
                allocated(containers.struct(i).seq(ALLOCATED), asked.get(containers.struct(i).text("name")),
                        SPECS.get(l).isEmpty(), at);
            }
        }
    }

    private static void claims(Seq statuses, Seq claims, Problems p) {
        Set<String> names = new HashSet<>();
        Set<String> known = new HashSet<>();
        claims.structs().forEach(claim -> known.add(claim.text("name")));
        for (int i = 0; i < statuses.size() && !p.full(); i++) {
            String name = statuses.struct(i).text("name");
            Problems at = p.at("resourceClaimStatuses", i);
            if (!known.contains(name)) {
                at.at("name").invalid(name, "must match the name of an entry in `spec.resourceClaims`");
            }
            if (!names.add(name)) {
                at.at("name").duplicate(name);
            }
            if (statuses.struct(i).has(CLAIM)) {
                String claim = statuses.struct(i).text(CLAIM);
                at.at(CLAIM).invalid(claim, Names.subdomain(claim));
            }
        }
    }

    private static void extended(Struct status, Struct spec, Problems p) {
        Seq mappings = status.seq(MAPPINGS);
        if (mappings.isEmpty()) {
            p.at(MAPPINGS).required("at least one request mapping is required");
        }
        Map<String, Set<String>> asked = asked(spec.seq("containers"), spec.seq("initContainers"));
        Set<List<String>> seen = new HashSet<>();
        for (int i = 0; i < mappings.size() && !p.full(); i++) {
            Struct mapping = mappings.struct(i);
            Problems at = p.at(MAPPINGS, i);
            List<String> key = List.of(mapping.text("containerName"), mapping.text("resourceName"),
                    mapping.text("requestName"));
            Set<String> requests = asked.get(key.getFirst());
            if (requests == null) {
                at.at("containerName").invalid(key.getFirst(), "must match the name of an entry in"
                        + " spec.initContainers.name or spec.containers.name");
            } else if (key.get(1).startsWith(OF_CLAIM) || !requests.contains(key.get(1))) {
                at.at("resourceName").invalid(key.get(1), "must match the extended resource name of an entry in"
                        + " spec.initContainers.resources.requests or spec.containers.resources.requests");
            }
            // upstream's path
            p.at("requestName").invalid(key.get(2), Names.label(key.get(2)));
            if (!seen.add(key)) {
                at.at("containerName").duplicate(key.getFirst());
                at.at("resourceName").duplicate(key.get(1));
                at.at("requestName").duplicate(key.get(2));
            }
        }
        if (p.present(status, CLAIM)) {
            p.at(CLAIM).invalid(status.text(CLAIM), Names.subdomain(status.text(CLAIM)));
        }
    }

    private static void user(Struct user, boolean windows, Problems p) {
        if (windows) {
            p.forbidden("cannot be set for a windows pod");
            return;
        }
        id(user.whole("uid", 0), p.at("uid"));
        id(user.whole("gid", 0), p.at("gid"));
        Seq groups = user.seq("supplementalGroups");
        for (int i = 0; i < groups.size() && !p.full(); i++) {
            id(groups.get(i) instanceof Long l ? l : 0, p.at("supplementalGroups", i));
        }
    }

    private static void id(long id, Problems p) {
        if (id < 0 || id > Integer.MAX_VALUE) {
            p.invalid(id, "must be between 0 and 2147483647, inclusive");
        }
    }

    /// @param asked what the container asks for; null for one that is not there, of which nothing is known
    /// @param none whether containers of this list have no resources
    private static void allocated(Seq resources, @Nullable Set<String> asked, boolean none, Problems p) {
        if (none && !resources.isEmpty()) {
            p.at(ALLOCATED).forbidden("must not be specified in container status");
            return;
        }
        for (int i = 0; i < resources.size() && !p.full(); i++) {
            String name = resources.struct(i).text("name");
            Problems at = p.at(ALLOCATED, i);
            if (asked != null && !asked.contains(name)) {
                at.at("name").invalid(name, name.startsWith(OF_CLAIM) ? "must match one of the container's resource"
                        + " claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
                        : "must match one of the container's resource requests");
            }
            health(resources.struct(i).seq("resources"), at);
        }
    }

    /// What containers ask for, by their names: resources, and claims as a status names them. Made once, since both the
    /// spec and the status may have very many. The first one of a name counts.
    private static Map<String, Set<String>> asked(Seq... lists) {
        Map<String, Set<String>> all = new HashMap<>();
        for (Seq list : lists) {
            for (Struct container : list.structs()) {
                Struct resources = container.struct("resources");
                Set<String> names = new HashSet<>(resources.struct("requests").names());
                for (Struct c : resources.seq("claims").structs()) {
                    names.add(OF_CLAIM + c.text("name") + (c.text("request").isEmpty() ? "" : "/" + c.text("request")));
                }
                all.putIfAbsent(container.text("name"), names);
            }
        }
        return all;
    }

    private static void health(Seq all, Problems p) {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < all.size() && !p.full(); i++) {
            Struct one = all.struct(i);
            Problems at = p.at("resources", i);
            if (!HEALTH.contains(one.text("health"))) {
                at.at("health").unsupported(one.text("health"), HEALTH);
            }
            if (one.has("message") && one.text("message").isEmpty()) {
                at.at("message").required("must be non-empty if specified");
            } else if (one.text("message").getBytes(StandardCharsets.UTF_8).length > LONGEST_MESSAGE) {
                at.at("message").tooLong(LONGEST_MESSAGE);
            }
            if (!ids.add(one.text("resourceID"))) {
                at.at("resourceID").duplicate(one.text("resourceID"));
            }
        }
    }
}
