package io.k3j.clienthttp;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.clienthttp.Connection.Request;
import io.k3j.codec.Json;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The API for one identity of one bundle, over the network.
final class RemoteClient implements ApiClient {
    private static final String JSON = "application/json";
    private final Bearer bearer;
    private final Bearers bearers;
    private final Reflectors reflectors;
    private final ViewKeeper views;

    /// @param views closes the views when the client is released
    RemoteClient(Bearer bearer, Bearers bearers, Reflectors reflectors, ViewKeeper views) {
        this.bearer = bearer;
        this.bearers = bearers;
        this.reflectors = reflectors;
        this.views = views;
    }

    /// An identity: its user name and the connection that authenticates as it.
    record Bearer(String user, Connection connection) {
        /// Its name as a field manager.
        String manager() {
            return user.substring(user.lastIndexOf(':') + 1);
        }
    }

    /// The identities of one bundle.
    interface Bearers {
        /// The identity of that user.
        /// @throws IllegalArgumentException when it is not declared, or this node has no certificate for it
        Bearer named(String user);
    }

    @Override
    public ApiClient as(String user) {
        return new RemoteClient(bearers.named(user), bearers, reflectors, views);
    }

    private byte[] read(String path) {
        return bearer.connection().send(Request.get(path));
    }

    private byte[] write(String method, RequestPaths path, String type, Object body) {
        return bearer.connection().send(new Request(method, path.toString(), type, Json.bytes(body)));
    }

    private static Obj object(byte[] json) {
        return Obj.of(Json.object(json));
    }

    @Override
    public Obj get(Gvr resource, Key key) {
        return object(read(RequestPaths.of(resource, key).toString()));
    }

    @Override
    public Optional<Obj> find(Gvr resource, Key key) {
        try {
            return Optional.of(get(resource, key));
        } catch (ApiFault fault) {
            // a 404 for a resource that is not served has no name in its details
            if (fault.code() == 404 && !fault.details().text("name").isEmpty()) {
                return Optional.empty();
            }
            throw fault;
        }
    }

    @Override
    public ObjList list(Gvr resource, Query query) {
        return Pages.all(bearer.connection(), new Question(resource, query, FieldMask.ALL), UnaryOperator.identity());
    }

    @Override
    public Obj create(Gvr resource, Obj object, WriteOptions options) {
        RequestPaths path = RequestPaths.of(resource, object.namespace());
        if (!options.subresource().isEmpty()) {
            path = path.below(object.name()).below(options.subresource());
        }
        return object(write("POST", path.with(options, bearer.manager()), JSON, object.document()));
    }

    @Override
    public Obj update(Gvr resource, Obj object, WriteOptions options) {
        RequestPaths path = RequestPaths.of(resource, object.key()).below(options.subresource()).with(options,
                bearer.manager());
        return object(write("PUT", path, JSON, object.document()));
    }

    @Override
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        RequestPaths path = RequestPaths.of(resource, key).below(options.subresource()).with(options, bearer.manager());
        return object(switch (patch) {
            case Patch.Json p -> write("PATCH", path, "application/json-patch+json", p.operations());
            case Patch.Merge p -> write("PATCH", path, "application/merge-patch+json", p.changes());
            case Patch.Strategic p -> write("PATCH", path, "application/strategic-merge-patch+json", p.changes());
            case Patch.Apply p -> write("PATCH", path.with("force", options.force() ? "true" : ""),
                    "application/apply-patch+yaml", p.wanted());
        });
    }

    @Override
    public void delete(Gvr resource, Key key, DeleteOptions options) {
        write("DELETE", RequestPaths.of(resource, key), JSON, options.document());
    }

    @Override
    public void deleteAll(Gvr resource, Query query, DeleteOptions options) {
        write("DELETE", RequestPaths.of(resource, query.namespace()).with(query), JSON, options.document());
    }

    @Override
    public Struct post(Gvr resource, Key key, String subresource, Struct body) {
        return Json.object(write("POST", RequestPaths.of(resource, key).below(subresource), JSON, body));
    }

    @Override
    public List<ApiResource> resources() {
        return discover().resources();
    }

    @Override
    public Discovered discover() {
        return DiscoveryReader.read(Stream.of("/api", "/apis")
                .map(root -> Json.object(bearer.connection().send(DiscoveryReader.request(root)))).toList());
    }

    @Override
    public View view(Gvr resource, Query query) {
        return view(resource, query, FieldMask.ALL);
    }

    @Override
    public View view(Gvr resource, Query query, FieldMask fields) {
        return views.keep(reflectors.view(new Question(resource, query, fields), bearer));
    }
}
