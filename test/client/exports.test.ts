import path from 'node:path';
import { describe, it, expect } from '@jest/globals';
import ts from 'typescript';

const INDEX = path.join(__dirname, '../../client/index.ts');

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.Node20,
  strict: true,
  noLib: true,
  noEmit: true,
  types: [],
};

describe('the exports of the client', () => {
  it('hold every type that its results and arguments reach', () => {
    const program = ts.createProgram([INDEX], OPTIONS, ourFilesAlone());
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(INDEX);
    const index = source && checker.getSymbolAtLocation(source);
    const exported = new Set((index ? checker.getExportsOfModule(index) : []).map((each) => aliased(checker, each)));

    const missing = [...exported].flatMap((symbol) =>
      (symbol.declarations ?? [])
        .flatMap((declaration) => typesIn(declaration))
        .flatMap((reference) => {
          const symbolOf = checker.getSymbolAtLocation(reference.typeName);
          const target = symbolOf && aliased(checker, symbolOf);
          return target !== undefined && isOurs(target) && !exported.has(target) ? [target.name] : [];
        }),
    );

    expect(exported.size).toBeGreaterThan(20);
    expect([...new Set(missing)]).toEqual([]);
  });
});

/** Types of libraries are none of ours, whatever they are: to read them would take most of the time. */
function ourFilesAlone(): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      text.startsWith('.') ? ts.resolveModuleName(text, from, OPTIONS, host) : { resolvedModule: undefined },
    );
  return host;
}

function aliased(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
}

/** What a declaration names; not what only its body or its private parts need. */
function typesIn(node: ts.Node): readonly ts.TypeReferenceNode[] {
  if (ts.isBlock(node) || ts.isExpression(node)) return [];
  if (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name)) return [];
  const own = ts.isTypeReferenceNode(node) ? [node] : [];
  const within: ts.TypeReferenceNode[] = [];
  ts.forEachChild(node, (child) => {
    within.push(...typesIn(child));
  });
  return [...own, ...within];
}

/** Declared as a type of ours, and no parameter of a type. */
function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (declaration) =>
      !ts.isTypeParameterDeclaration(declaration) && !declaration.getSourceFile().fileName.includes('node_modules'),
  );
}
