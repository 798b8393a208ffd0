package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What can be wrong with a pod's `resourceClaims`, and with what its containers take of them: upstream's
/// `validatePodResourceClaims` and `validateResourceClaimNames`. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>. Pure.
final class PodClaimProblems {
    private static final String CLAIMS = "resourceClaims";
    private static final List<String> LISTS = List.of("containers", "initContainers", "ephemeralContainers");
    private static final String CLAIM = "resourceClaimName";
    private static final String TEMPLATE = "resourceClaimTemplateName";

    private PodClaimProblems() {
    }

    /// @param mirror whether the pod stands for one of a node's own, which has no claims
    /// @param p the spec
    static void check(Struct spec, boolean mirror, Problems p) {
        Set<String> names = new TreeSet<>();
        Seq claims = spec.seq(CLAIMS);
        for (int i = 0; i < claims.size() && !p.full(); i++) {
            if (mirror) {
                p.root().forbidden("static pods do not support resource claims");
            } else {
                claim(claims.struct(i), p.at(CLAIMS, i), names);
            }
            names.add(claims.struct(i).text("name"));
        }
        names.remove("");
        String known = "must be one of the names in pod.spec.resourceClaims"
                + (names.isEmpty() ? " which is empty" : ": " + String.join(", ", names));
        for (String list : LISTS) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size() && !p.full(); i++) {
                used(containers.struct(i).struct("resources").seq("claims"), names, known,
                        p.at(list, i).at("resources"));
            }
        }
        used(spec.struct("resources").seq("claims"), names, known, p.at("resources"));
    }

    private static void claim(Struct claim, Problems p, Set<String> names) {
        String name = claim.text("name");
        if (p.present(claim, "name") && names.contains(name)) {
            p.at("name").duplicate(name);
        } else if (!name.isEmpty()) {
            p.at("name").invalid(name, Names.label(name));
        }
        boolean own = claim.has(CLAIM);
        boolean template = claim.has(TEMPLATE);
        if (own && template) {
            p.invalid(claim, "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
        } else if (!own && !template) {
            p.invalid(claim, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
        }
        for (String field : List.of(CLAIM, TEMPLATE)) {
            if (claim.has(field)) {
                p.at(field).invalid(claim.text(field), Names.subdomain(claim.text(field)));
            }
        }
    }

    /// @param known the names, as the message tells them
    private static void used(Seq claims, Set<String> names, String known, Problems p) {
        Set<String> seen = new HashSet<>();
        Set<String> inPart = new HashSet<>();
        for (int i = 0; i < claims.size() && !p.full(); i++) {
            String name = claims.struct(i).text("name");
            String request = claims.struct(i).text("request");
            Problems at = p.at("claims", i);
            if (name.isEmpty()) {
                at.required("");
                continue;
            }
            if (!request.isEmpty()) {
                at.at("request").invalid(request, Names.label(request));
            }
            String key = request.isEmpty() ? name : name + "/" + request;
            boolean covered = seen.contains(name) || request.isEmpty() && inPart.contains(name);
            if (!request.isEmpty()) {
                inPart.add(name);
            }
            if (!seen.add(key) || covered) {
                at.duplicate(covered ? name : key);
            }
            if (!names.contains(name)) {
                at.notFound(name, known);
            }
        }
    }
}
