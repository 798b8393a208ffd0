package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Delegates to the current API client, so that pod workers survive a swap of the API server. Without a client, calls
/// fail with 503, as with an unreachable server. For any thread.
final class CurrentApi implements ApiClient {
    private volatile @Nullable ApiClient client;

    /// Sets the client of later calls.
    synchronized void attach(ApiClient added) {
        client = added;
    }

    /// Stops using a client, unless another one has replaced it.
    /// @return whether there is no client now
    synchronized boolean detach(ApiClient old) {
        if (client == old) {
            client = null;
        }
        return client == null;
    }

    private ApiClient current() {
        ApiClient present = client;
        if (present == null) {
            throw ApiFault.unavailable("no API server at the moment");
        }
        return present;
    }

    @Override
    public ApiClient as(String user) {
        return current().as(user);
    }

    @Override
    public Obj get(Gvr resource, Key key) {
        return current().get(resource, key);
    }

    @Override
    public Optional<Obj> find(Gvr resource, Key key) {
        return current().find(resource, key);
    }

    @Override
    public ObjList list(Gvr resource, Query query) {
        return current().list(resource, query);
    }

    @Override
    public Obj create(Gvr resource, Obj object, WriteOptions options) {
        return current().create(resource, object, options);
    }

    @Override
    public Obj update(Gvr resource, Obj object, WriteOptions options) {
        return current().update(resource, object, options);
    }

    @Override
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        return current().patch(resource, key, patch, options);
    }

    @Override
    public void delete(Gvr resource, Key key, DeleteOptions options) {
        current().delete(resource, key, options);
    }

    @Override
    public void deleteAll(Gvr resource, Query query, DeleteOptions options) {
        current().deleteAll(resource, query, options);
    }

    @Override
    public Struct post(Gvr resource, Key key, String subresource, Struct body) {
        return current().post(resource, key, subresource, body);
    }

    @Override
    public List<ApiResource> resources() {
        return current().resources();
    }

    @Override
    public Discovered discover() {
        return current().discover();
    }

    @Override
    public View view(Gvr resource, Query query) {
        return current().view(resource, query);
    }

    @Override
    public View view(Gvr resource, Query query, FieldMask fields) {
        return current().view(resource, query, fields);
    }
}
