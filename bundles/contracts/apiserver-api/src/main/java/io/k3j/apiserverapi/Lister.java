package io.k3j.apiserverapi;

import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// Shows the objects of a kind that is not stored, as those of `metrics.k8s.io`; upstream's `rest.Getter` and
/// `rest.Lister`.
///
/// **Who.** A bundle registers it as a service, with a [KindCatalog] and [KindHooks] beside it, and so serves a group
/// of its own; the API server asks it after authorization.
///
/// **How many.** Any number. Of several for one resource that with the highest service ranking serves; while there is
/// none the answer is 503.
///
/// **Guarantees.** An implementation gives them, and `io.k3j.testkit.ListerContract` holds it to them:
/// 1. Its resource is there, and stays the same.
/// 2. An object begins with `apiVersion`, `kind` and `metadata`, and is the one that was asked for.
/// 3. What is not there is an `ApiFault` of 404.
/// 4. A list has what the query selects and nothing else, by namespace and name.
/// 5. A list does not change: looked at again it has the same names.
/// 6. Several threads may ask at once.
///
/// **Threads.** Any; may block. Field selectors name nothing but `metadata.name` and `metadata.namespace`. One of a
/// plug-in directory is asked on another thread, for each call, and must have answered within 30 s; its list is made
/// whole within them.
///
/// **Failure.** An `io.k3j.clientapi.ApiFault` is the answer, as 503 while there is nothing to tell; anything else is
/// answered 500.
@ConsumerType
public interface Lister {
    /// The resource it shows.
    Gvr resource();

    /// One object, with `apiVersion`, `kind` and `metadata` as its first fields.
    /// @throws io.k3j.clientapi.ApiFault 404, 503
    Struct get(Key key);

    /// What a query selects, by namespace and name; a list that does not change. Its elements may be made as they are
    /// looked at, several times.
    /// @throws io.k3j.clientapi.ApiFault 503
    List<Struct> list(Query query);
}
