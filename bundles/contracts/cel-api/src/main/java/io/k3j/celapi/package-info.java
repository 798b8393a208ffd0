/// Kubernetes' CEL: declare what an expression sees ([io.k3j.celapi.CelDeclarations]), compile it
/// ([io.k3j.celapi.CelEnvironment]), keep the program as long as the object that holds the expression does not
/// change, and
/// evaluate it ([io.k3j.celapi.CelProgram]) as often as needed, within a budget ([io.k3j.celapi.CelBudget]).
///
/// The language is that of <https://kubernetes.io/docs/reference/using-api/cel/>, with every library named there.
/// Nothing of
/// the engine is in these types: it is loaded with the first environment that is asked for.
@Export
@Version("1.2.0")
@NullMarked
package io.k3j.celapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
