/// Gogo, the command language of Apache Felix, behind the contract `Shell`: commands that bundles register as services,
/// those of Declarative Services among them, and a few of Gogo's own that only look.
///
/// It is no boundary: who may open a session is root. What would change bundles behind the back of the features is
/// refused with the command that does it in order.
@NullMarked
package io.k3j.gogo;

import org.jspecify.annotations.NullMarked;
