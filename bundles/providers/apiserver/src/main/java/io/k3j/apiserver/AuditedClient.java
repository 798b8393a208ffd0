package io.k3j.apiserver;

import io.k3j.apirequests.AuditContext;
import io.k3j.apiserverapi.Authorizer.Attributes;
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
import io.k3j.objectregistry.Remarks;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The client of a component of this process where requests are recorded: each call is, as the request over HTTP that
/// it stands for, but for views, which ask nothing. As [LocalClient] otherwise.
final class AuditedClient implements ApiClient {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private final LocalClient client;
    private final LocalClient.Backend backend;

    AuditedClient(LocalClient client, LocalClient.Backend backend) {
        this.client = client;
        this.backend = backend;
    }

    @Override
    public ApiClient as(String user) {
        return new AuditedClient(client.as(user), backend);
    }

    @Override
    public ApiClient leading(String lease) {
        return new AuditedClient(client.leading(lease), backend);
    }

    /// What a call is about.
    private record Call(String verb, Gvr resource, String subresource, Key key, int code) {
        Attributes attributes() {
            return new Attributes(verb, resource.group(), resource.version(), resource.resource(), subresource,
                    key.namespace(), key.name(), "");
        }

        String uri() {
            String path = (resource.group().isEmpty() ? "/api/" : "/apis/" + resource.group() + "/")
                    + resource.version() + (key.namespace().isEmpty() ? "" : "/namespaces/" + key.namespace()) + "/"
                    + resource.resource();
            String name = key.name().isEmpty() || verb.equals("create") && subresource.isEmpty() ? ""
                    : "/" + key.name();
            return path + name + (subresource.isEmpty() ? "" : "/" + subresource);
        }
    }

    private static Call call(String verb, Gvr resource, Key key) {
        return new Call(verb, resource, "", key, OK);
    }

    private <T> T recorded(Call call, Function<AuditContext, T> work) {
        AuditContext audit = backend.auditing().begin(client.caller(), call.attributes(), call.uri());
        try {
            backend.access().allowed(client.caller(), call.attributes(), audit);
            T done = work.apply(audit);
            audit.started(call.code);
            return done;
        } catch (ApiFault f) {
            audit.response(f.status());
            audit.started(f.code());
            throw f;
        } catch (RuntimeException e) {
            audit.panicked(e);
            throw e;
        } finally {
            audit.completed();
        }
    }

    private Obj written(Call call, Function<LocalClient, Obj> work) {
        return recorded(call, audit -> {
            Obj now = work.apply(annotating(audit));
            audit.response(now.document());
            return now;
        });
    }

    private LocalClient annotating(AuditContext audit) {
        return client.annotating(new Remarks() {
            @Override
            public void accept(String warning) {
                // components ignore warnings
            }

            @Override
            public void annotate(String key, String value) {
                audit.annotate(key, value);
            }
        });
    }

    @Override
    public Obj get(Gvr resource, Key key) {
        return written(call("get", resource, key), c -> c.get(resource, key));
    }

    /// One that is not there is a `get` that was answered 404.
    @Override
    public Optional<Obj> find(Gvr resource, Key key) {
        return recorded(call("get", resource, key), audit -> {
            Optional<Obj> found = client.find(resource, key);
            found.ifPresentOrElse(o -> audit.response(o.document()), () -> audit.started(404));
            return found;
        });
    }

    @Override
    public ObjList list(Gvr resource, Query query) {
        return recorded(call("list", resource, new Key(query.namespace(), "")), _ -> client.list(resource, query));
    }

    @Override
    public Obj create(Gvr resource, Obj object, WriteOptions options) {
        Key key = new Key(object.key().namespace(), "");
        return recorded(new Call("create", resource, options.subresource(), key, CREATED), audit -> {
            audit.request(object.document());
            Obj now = annotating(audit).create(resource, object, options);
            audit.response(now.document());
            return now;
        });
    }

    @Override
    public Obj update(Gvr resource, Obj object, WriteOptions options) {
        return recorded(new Call("update", resource, options.subresource(), object.key(), OK), audit -> {
            audit.request(object.document());
            Obj now = annotating(audit).update(resource, object, options);
            audit.response(now.document());
            return now;
        });
    }

    @Override
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        return recorded(new Call("patch", resource, options.subresource(), key, OK), audit -> {
            audit.patch(switch (patch) {
                case Patch.Json json -> json.operations();
                case Patch.Merge merge -> merge.changes();
                case Patch.Strategic strategic -> strategic.changes();
                case Patch.Apply apply -> apply.wanted();
            });
            Obj now = annotating(audit).patch(resource, key, patch, options);
            audit.response(now.document());
            return now;
        });
    }

    @Override
    public void delete(Gvr resource, Key key, DeleteOptions options) {
        recorded(call("delete", resource, key), audit -> {
            annotating(audit).delete(resource, key, options);
            return key;
        });
    }

    @Override
    public void deleteAll(Gvr resource, Query query, DeleteOptions options) {
        recorded(call("deletecollection", resource, new Key(query.namespace(), "")), audit -> {
            annotating(audit).deleteAll(resource, query, options);
            return query;
        });
    }

    @Override
    public Struct post(Gvr resource, Key key, String subresource, Struct body) {
        return recorded(new Call("create", resource, subresource, key, CREATED), audit -> {
            audit.request(body);
            Struct answer = annotating(audit).post(resource, key, subresource, body);
            audit.response(answer);
            return answer;
        });
    }

    @Override
    public Struct read(Gvr resource, Key key, String subresource, Struct parameters) {
        return recorded(new Call("get", resource, subresource, key, OK), audit -> {
            Struct answer = client.read(resource, key, subresource, parameters);
            audit.response(answer);
            return answer;
        });
    }

    @Override
    public List<ApiResource> resources() {
        return client.resources();
    }

    @Override
    public View view(Gvr resource, Query query) {
        return client.view(resource, query);
    }

    @Override
    public View metadata(Gvr resource, Query query) {
        return client.metadata(resource, query);
    }
}
