package io.k3j.apiserver;

import io.k3j.apiserverapi.AggregatedApis.Question;
import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Optional;

/// Objects that other servers have, for a component of this process that may ask for them. Any thread; blocks. All
/// throw [ApiFault] as the other server refuses, and 503 while it cannot be asked.
record RemoteObjects(RemoteApis apis, Caller caller) {
    private static final int NOT_FOUND = 404;

    /// Whether another server has the version.
    boolean serve(Gvr resource) {
        return apis.serves(resource);
    }

    /// One; empty when no other server has the version.
    Optional<Obj> get(Gvr resource, Key key) {
        return read(resource, key, "", Struct.EMPTY).map(Obj::of);
    }

    /// What is no stored object; empty when no other server has the version.
    Optional<Struct> read(Gvr resource, Key key, String subresource, Struct parameters) {
        return apis.ask(new Question(caller, resource, key, subresource, parameters));
    }

    /// One of a version that another server has; empty when that has no such object.
    Optional<Obj> find(Gvr resource, Key key) {
        try {
            // not absent when its server has gone meanwhile
            return Optional.of(get(resource, key).orElseThrow(
                    () -> ApiFault.unavailable("nobody serves " + resource.qualified() + " any more")));
        } catch (ApiFault fault) {
            if (fault.code() == NOT_FOUND) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    /// Some, at a revision that is of no use here; empty when no other server has the version.
    Optional<ObjList> list(Gvr resource, Query query) {
        return apis.ask(question(resource, new Key(query.namespace(), ""), query))
                .map(l -> new ObjList(l.seq("items").structs().stream().map(Obj::of).toList(), 0));
    }

    /// Deletes one, or with a key without a name all that a query selects.
    /// @return false when no other server has the version
    boolean delete(Gvr resource, Key key, Query query, DeleteOptions options) {
        return apis.delete(question(resource, key, query), options.document());
    }

    private Question question(Gvr resource, Key key, Query query) {
        Struct parameters = Struct.builder().putUnlessEmpty("labelSelector", query.labels().toString())
                .putUnlessEmpty("fieldSelector", query.fields().toString()).build();
        return new Question(caller, resource, key, "", parameters);
    }
}
