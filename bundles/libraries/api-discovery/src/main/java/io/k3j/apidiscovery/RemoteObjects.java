package io.k3j.apidiscovery;

import io.k3j.apiserverapi.AggregatedApis.Question;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.codec.Json;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Objects that other servers have, for a component of this process that may ask for them. Any thread; blocks. All
/// throw [ApiFault] as the other server refuses, and 503 while it cannot be asked.
///
/// @param apis knows who has them
/// @param caller as whom the other server is asked
public record RemoteObjects(RemoteApis apis, Caller caller) {
    private static final int NOT_FOUND = 404;
    /// Objects of a chunk, as client-go's pager.
    static final int CHUNK = 500;
    /// Of one list.
    public static final int MOST_CHUNKS = 200;
    /// Bytes of a list that comes in chunks, all of which are held in memory, whoever has written the objects. As many
    /// as the aggregator takes of one answer.
    public static final long MOST_BYTES = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 32);

    /// Whether another server has the version.
    public boolean serve(Gvr resource) {
        return apis.serves(resource);
    }

    /// One; empty when no other server has the version.
    public Optional<Obj> get(Gvr resource, Key key) {
        return read(resource, key, "", Struct.EMPTY).map(Obj::of);
    }

    /// What is no stored object; empty when no other server has the version.
    ///
    /// @param subresource as `scale`, or empty
    /// @param parameters of the query, by name
    public Optional<Struct> read(Gvr resource, Key key, String subresource, Struct parameters) {
        return apis.ask(new Question(caller, resource, key, subresource, parameters));
    }

    /// One of a version that another server has; empty when that has no such object.
    public Optional<Obj> find(Gvr resource, Key key) {
        try {
            // not absent when its server has gone meanwhile
            return Optional.of(get(resource, key).orElseThrow(() -> gone(resource)));
        } catch (ApiFault fault) {
            if (fault.code() == NOT_FOUND) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    /// Some, at a revision that is of no use here; empty when no other server has the version. Asked for in chunks, so
    /// that no answer has to hold all of them: a server that knows none gives all at once.
    /// @throws ApiFault also 410 when a chunk came too late, 503 when there are more than [#MOST_CHUNKS] chunks or
    ///     [#MOST_BYTES] bytes of them
    public Optional<ObjList> list(Gvr resource, Query query) {
        List<Obj> all = new ArrayList<>();
        String token = "";
        long bytes = 0;
        for (int chunk = 0; chunk < MOST_CHUNKS && bytes <= MOST_BYTES; chunk++) {
            Optional<Struct> answer = apis.ask(new Question(caller, resource, new Key(query.namespace(), ""), "",
                    parameters(query).put("limit", Integer.toString(CHUNK)).putUnlessEmpty("continue", token).build()));
            if (answer.isEmpty() && chunk == 0) {
                return Optional.empty();
            }
            Struct list = answer.orElseThrow(() -> gone(resource));
            list.seq("items").structs().forEach(item -> all.add(Obj.of(item)));
            token = list.struct("metadata").text("continue");
            if (token.isEmpty()) {
                return Optional.of(new ObjList(List.copyOf(all), 0));
            }
            bytes += Json.bytes(list).length;
        }
        throw ApiFault.unavailable("more " + resource.qualified() + " than " + MOST_CHUNKS + " chunks of " + CHUNK
                + " or " + MOST_BYTES + " bytes hold are not looked at");
    }

    private static ApiFault gone(Gvr resource) {
        return ApiFault.unavailable("nobody serves " + resource.qualified() + " any more");
    }

    /// Deletes one, or with a key without a name all that a query selects.
    ///
    /// @return false when no other server has the version
    public boolean delete(Gvr resource, Key key, Query query, DeleteOptions options) {
        return apis.delete(new Question(caller, resource, key, "", parameters(query).build()), options.document());
    }

    private static Struct.Builder parameters(Query query) {
        return Struct.builder().putUnlessEmpty("labelSelector", query.labels().toString())
                .putUnlessEmpty("fieldSelector", query.fields().toString());
    }
}
