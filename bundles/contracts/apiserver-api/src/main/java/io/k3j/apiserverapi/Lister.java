package io.k3j.apiserverapi;

import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// Shows the objects of a kind that is not stored, as those of `metrics.k8s.io`; upstream's `rest.Getter` and
/// `rest.Lister`. With a [KindCatalog] and [KindHooks] beside it a bundle serves a group of its own. Of several for one
/// resource that with the highest service ranking serves; while there is none the answer is 503. Called after
/// authorization; field selectors name nothing but `metadata.name` and `metadata.namespace`. Any thread; may block.
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
