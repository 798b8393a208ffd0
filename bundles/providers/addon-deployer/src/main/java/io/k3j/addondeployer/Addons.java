package io.k3j.addondeployer;

import io.k3j.addondeployer.Precedence.Copy;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The `Addon` objects in `kube-system`: `spec.source` and `spec.checksum` of the file that was applied last, and by
/// annotations which kinds it had (K3s'), whose copy it was and who is applying one now (K3j's own). Every write is
/// bound to the version that was read. Blocks for the API.
final class Addons {
    static final String API = "k3s.cattle.io/v1";
    static final String KIND = "Addon";
    static final String NAMESPACE = "kube-system";
    static final Gvr RESOURCE = Gvr.of(API, "addons");
    static final String KINDS = "addon.k3s.cattle.io/gvks";
    private static final String SERVER = "addon.k3j.io/server";
    private static final String SINCE = "addon.k3j.io/since";
    private static final String APPLYING = "addon.k3j.io/applying";
    private static final String SEPARATOR = ";";
    private static final String KIND_SEPARATOR = ", Kind=";
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private final ApiClient api;
    private final WriteOptions options;
    private final String server;

    /// @param server the name of this server's node
    Addons(ApiClient api, String manager, String server) {
        this.api = api;
        this.options = WriteOptions.PLAIN.by(manager);
        this.server = server;
    }

    static Key key(String name) {
        return new Key(NAMESPACE, name);
    }

    Optional<Obj> find(String name) {
        return api.find(RESOURCE, key(name));
    }

    /// The Addon of a file, made when there is none, so that Events have an object.
    Obj ensure(String name, String source) {
        Optional<Obj> there = find(name);
        if (there.isPresent()) {
            return there.get();
        }
        try {
            return api.create(RESOURCE, Obj.of(Struct.of("apiVersion", API, "kind", KIND, "metadata",
                    Struct.of("name", name, "namespace", NAMESPACE), "spec", Struct.of("source", source))), options);
        } catch (ApiFault made) {
            if (made.code() != CONFLICT) {
                throw made;
            }
            return api.get(RESOURCE, key(name));
        }
    }

    /// Which copy was applied last.
    static Copy applied(Obj addon) {
        return new Copy(addon.annotations().getOrDefault(SERVER, ""), addon.spec().text("checksum"),
                time(addon.annotations().getOrDefault(SINCE, "")));
    }

    private static Instant time(String text) {
        try {
            return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeException foreign) {
            return Instant.EPOCH;
        }
    }

    /// Who applies a file now: another server's name and a mark of the attempt; empty when nobody does.
    String rival(Obj addon) {
        String claim = addon.annotations().getOrDefault(APPLYING, "");
        return claim.startsWith(server + " ") ? "" : claim;
    }

    /// Notes that this server applies a file now, and the kinds it may leave something of.
    /// @throws ApiFault 409 when another one was faster
    Obj claim(Obj addon, String checksum, Collection<Gvk> kinds) {
        Set<Gvk> all = new LinkedHashSet<>(kinds(addon));
        all.addAll(kinds);
        return api.update(RESOURCE, addon.with(server + " " + checksum, "metadata", "annotations", APPLYING)
                .with(text(all), "metadata", "annotations", KINDS), options);
    }

    /// Notes that a file was applied.
    void finish(Obj addon, String source, Copy own, Collection<Gvk> kinds) {
        Obj done = released(addon).with(source, "spec", "source").with(own.checksum(), "spec", "checksum")
                .with(text(kinds), "metadata", "annotations", KINDS);
        if (!own.checksum().equals(applied(addon).checksum()) || applied(addon).server().isEmpty()) {
            done = done.with(own.server(), "metadata", "annotations", SERVER).with(own.since().toString(), "metadata",
                    "annotations", SINCE);
        }
        api.update(RESOURCE, done, options);
    }

    /// Notes that a file was not applied; the kinds of the attempt stay noted, for something may be there.
    void release(Obj addon) {
        api.update(RESOURCE, released(addon), options);
    }

    private static Obj released(Obj addon) {
        return addon.without("metadata", "annotations", APPLYING);
    }

    void delete(Obj addon) {
        try {
            api.delete(RESOURCE, addon.key(), DeleteOptions.PLAIN.ifUid(addon.uid()));
        } catch (ApiFault gone) {
            if (gone.code() != NOT_FOUND) {
                throw gone;
            }
        }
    }

    /// The kinds an Addon may have left something of; what is not written as a kind is passed over.
    static List<Gvk> kinds(Obj addon) {
        List<Gvk> kinds = new ArrayList<>();
        for (String text : addon.annotations().getOrDefault(KINDS, "").split(SEPARATOR)) {
            int at = text.indexOf(KIND_SEPARATOR);
            if (at > 0) {
                String version = text.substring(0, at);
                kinds.add(Gvk.of(version.startsWith("/") ? version.substring(1) : version,
                        text.substring(at + KIND_SEPARATOR.length())));
            }
        }
        return kinds;
    }

    private static String text(Collection<Gvk> kinds) {
        return kinds.stream().map(kind -> kind.group() + "/" + kind.version() + KIND_SEPARATOR + kind.kind())
                .collect(Collectors.joining(SEPARATOR));
    }
}
