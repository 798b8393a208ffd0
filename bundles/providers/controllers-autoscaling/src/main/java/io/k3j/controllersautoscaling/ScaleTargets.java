package io.k3j.controllersautoscaling;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Finds what a `scaleTargetRef` names, of any kind that is served, and reads and writes its subresource `scale`. Any
/// thread.
final class ScaleTargets {
    /// How long the list of served resources counts; upstream's mapper is as old at most.
    private static final Duration FRESH = Duration.ofSeconds(30);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int CONFLICT = 409;
    /// Upstream's `retry.DefaultRetry`: five tries.
    private static final int MOST_RETRIES = 4;
    private final ApiClient api;
    private final InstantSource clock;
    private volatile Served served = new Served(List.of(), Instant.MIN);

    private record Served(List<ApiResource> resources, Instant at) {
    }

    /// The scale of a target.
    ///
    /// @param resource of the target
    /// @param object an `autoscaling/v1` Scale
    record Scale(Gvr resource, Struct object) {
        long wanted() {
            return object.struct("spec").whole("replicas", 0);
        }

        long present() {
            return object.struct("status").whole("replicas", 0);
        }

        String selector() {
            return object.struct("status").text("selector");
        }
    }

    /// @param api of the controller's account
    /// @param clock the monotonic clock
    ScaleTargets(ApiClient api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /// Reads the scale of a target.
    /// @throws ApiFault with upstream's message when there is none
    Scale read(String namespace, Struct reference) {
        Gvk kind = Gvk.of(reference.text("apiVersion"), reference.text("kind"));
        Gvr resource = resource(kind);
        return new Scale(resource, api.read(resource, new Key(namespace, reference.text("name")), "scale",
                Struct.EMPTY));
    }

    /// Writes the replicas of a target; one that has changed since it was read is read again, a few times.
    /// @throws ApiFault when it is refused
    void write(Scale scale, long replicas) {
        Struct object = scale.object();
        for (int left = MOST_RETRIES;; left--) {
            Obj wanted = Obj.of(object.withAt(replicas, "spec", "replicas"));
            try {
                api.update(scale.resource(), wanted, WriteOptions.of("scale"));
                return;
            } catch (ApiFault fault) {
                if (fault.code() != CONFLICT || left == 0) {
                    throw fault;
                }
                object = api.read(scale.resource(), wanted.key(), "scale", Struct.EMPTY);
            }
        }
    }

    /// A kind that is not in the list may have come since: the list is asked for again, once a second at most.
    private Gvr resource(Gvk kind) {
        return find(kind, FRESH).or(() -> find(kind, AGAIN))
                .orElseThrow(() -> new ApiFault(404, "NotFound", "no matches for kind \"" + kind.kind()
                        + "\" in group \"" + kind.group() + "\"", Struct.EMPTY));
    }

    private Optional<Gvr> find(Gvk kind, Duration age) {
        Served now = served;
        if (now.at.isBefore(clock.instant().minus(age))) {
            now = new Served(api.resources(), clock.instant());
            served = now;
        }
        return now.resources.stream().filter(r -> r.namespaced() && r.kind().equals(kind.kind())
                && r.resource().group().equals(kind.group())).map(ApiResource::resource).findFirst();
    }
}
