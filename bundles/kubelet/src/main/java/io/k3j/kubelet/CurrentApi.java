package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.ObjList;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Whichever API client there is at the moment of a call, so that the pods' workers outlive the API server they heard
/// of their pods from. While there is none, calls fail as with a server that cannot be reached.
final class CurrentApi implements ApiClient {
    private volatile @Nullable ApiClient client;

    /// From now on calls go to this one.
    synchronized void come(ApiClient fresh) {
        client = fresh;
    }

    /// This one is not called any more; another that has come meanwhile stays.
    /// @return whether there is none now
    synchronized boolean gone(ApiClient old) {
        if (client == old) {
            client = null;
        }
        return client == null;
    }

    private ApiClient now() {
        ApiClient present = client;
        if (present == null) {
            throw ApiFault.unavailable("no API server at the moment");
        }
        return present;
    }

    @Override
    public ApiClient as(String user) {
        return now().as(user);
    }

    @Override
    public Obj get(Gvr resource, Key key) {
        return now().get(resource, key);
    }

    @Override
    public Optional<Obj> find(Gvr resource, Key key) {
        return now().find(resource, key);
    }

    @Override
    public ObjList list(Gvr resource, Query query) {
        return now().list(resource, query);
    }

    @Override
    public Obj create(Gvr resource, Obj object, WriteOptions options) {
        return now().create(resource, object, options);
    }

    @Override
    public Obj update(Gvr resource, Obj object, WriteOptions options) {
        return now().update(resource, object, options);
    }

    @Override
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        return now().patch(resource, key, patch, options);
    }

    @Override
    public void delete(Gvr resource, Key key, DeleteOptions options) {
        now().delete(resource, key, options);
    }

    @Override
    public void deleteAll(Gvr resource, Query query, DeleteOptions options) {
        now().deleteAll(resource, query, options);
    }

    @Override
    public Struct post(Gvr resource, Key key, String subresource, Struct body) {
        return now().post(resource, key, subresource, body);
    }

    @Override
    public List<ApiResource> resources() {
        return now().resources();
    }

    @Override
    public View view(Gvr resource, Query query) {
        return now().view(resource, query);
    }
}
