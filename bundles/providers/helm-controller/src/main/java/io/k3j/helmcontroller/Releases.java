package io.k3j.helmcontroller;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What Helm keeps about the releases: one Secret (or ConfigMap) `sh.helm.release.v1.NAME.vREVISION` each. See
/// <https://helm.sh/docs/topics/advanced/#storage-backends>. Blocks for the API.
final class Releases {
    /// K3s' label with the configuration that a revision was made from.
    static final String HASH = "helmcharts.helm.cattle.io/configHash";

    private final ApiClient api;

    Releases(ApiClient api) {
        this.api = api;
    }

    /// The newest revision of a release.
    ///
    /// @param record what Helm keeps
    /// @param revision from 1 on
    /// @param status Helm's word, `deployed` say
    /// @param hash empty when another program made it
    record Revision(Obj record, long revision, String status, String hash) {
        static Revision of(Obj record) {
            Map<String, String> labels = record.labels();
            return new Revision(record, number(labels.getOrDefault("version", "")),
                    labels.getOrDefault("status", "unknown"), labels.getOrDefault(HASH, ""));
        }

        private static long number(String text) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException none) {
                return 0;
            }
        }

        boolean deployed() {
            return status.equals("deployed");
        }
    }

    private static Gvr resource(ReleaseInput input) {
        return input.driver().equals("configmap") ? BuiltinResources.CONFIG_MAPS : BuiltinResources.SECRETS;
    }

    /// The newest revision; empty when nothing is installed.
    Optional<Revision> latest(ReleaseInput input) {
        return all(input).stream().max(Comparator.comparingLong(Revision::revision));
    }

    private List<Revision> all(ReleaseInput input) {
        Query query = Query.in(input.namespace())
                .labelled(Selector.ofLabels(Map.of("owner", "helm", "name", input.release())));
        boolean secrets = resource(input).equals(BuiltinResources.SECRETS);
        return api.list(resource(input), secrets ? query.where("type", "helm.sh/release.v1") : query).items().stream()
                .map(Revision::of).toList();
    }

    /// Maps what is not served any more in the revisions that Helm compares with: the newest, and the one that is
    /// deployed.
    ///
    /// @return the numbers of those that were changed
    List<Long> map(ReleaseInput input) {
        List<Long> changed = new ArrayList<>();
        List<Revision> all = all(input);
        long newest = all.stream().mapToLong(Revision::revision).max().orElse(0);
        for (Revision one : all) {
            if (one.deployed() || one.revision() == newest) {
                String before = one.record().tree().struct("data").text("release");
                String now = ReleaseRecord.mapped(before, input.driver().equals("secret"));
                if (!now.equals(before)) {
                    api.patch(resource(input), one.record().key(), new Patch.Merge(Struct.of("data",
                            Struct.of("release", now))), WriteOptions.PLAIN);
                    changed.add(one.revision());
                }
            }
        }
        return changed;
    }

    /// Writes down what a revision was made from. Helm keeps labels that it does not know.
    void label(ReleaseInput input, Revision revision, String hash) {
        Struct labels = Struct.of("metadata", Struct.of("labels", Struct.of(HASH, hash)));
        api.patch(resource(input), revision.record().key(), new Patch.Merge(labels), WriteOptions.PLAIN);
    }

    /// What Helm has written down about how a revision failed.
    String description(ReleaseInput input, Revision revision) {
        return ReleaseRecord.description(revision.record().tree().struct("data").text("release"),
                input.driver().equals("secret"));
    }

    /// Calls a revision failed whose operation was interrupted: Helm refuses everything while one is pending. What
    /// `helm` calls `set-status` in K3s' image.
    void fail(ReleaseInput input, Revision revision) {
        Struct data = revision.record().tree().struct("data");
        String changed = ReleaseRecord.failed(data.text("release"), input.driver().equals("secret"));
        Struct patch = Struct.of("metadata", Struct.of("labels", Struct.of("status", "failed")), "data",
                Struct.of("release", changed));
        api.patch(resource(input), revision.record().key(), new Patch.Merge(patch), WriteOptions.PLAIN);
    }
}
