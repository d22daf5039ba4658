"""Renderings of random templates by Jinja2 as Transformers sets it up: test/fixtures/jinja/renderings.json.

    python3 reference/jinja/renderings.py > test/fixtures/jinja/renderings.json

Made with Jinja2 3.1.6 on Python 3.11. Every row is [template, text, 0 or 1: which data]; templates that Jinja2 refuses, and those
whose text has an address in it, are left out.
"""
import itertools
import json
import random
import re
import sys

import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

random.seed(7)
environment = ImmutableSandboxedEnvironment(
    trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


environment.filters["tojson"] = tojson

vals=["0","1","-1","7","-3","2.5","-0.5","0.1","1e3","1e16","1e-5","123456789012","true","false","none","nope","''","'a'","'abc'","'Hello World'","' x \\n'","'3'","'-4.5'","'é'","'😀ab'","'ß'","'a,b,,c'","'a b  c'","\"it's\"","'\"q\"'","'back\\\\slash'","'tab\\t'","'ΑΣ'","[]","[1]","[1,2,3]","['b','A','c']","[3,1,2]","[1,'a',none]","[[1,2],[3]]","{}","{'a':1}","{'b':2,'a':[1,2]}","{1:'x','y':none}","(1,2)","(1,)","()","range(3)","range(5,0,-2)","ns","d","msgs","[{'a':1},{'a':2},{'b':3}]","{'a':{'b':1}}"]
ops=['+','-','*','/','//','%','**','~','==','!=','<','<=','>','>=','in','not in','and','or']
cases=[]
for v in vals:
    cases.append('{{ %s }}'%v); cases.append('{{ [%s] }}'%v); cases.append('{{ %s | tojson }}'%v); cases.append('{{ %s | string }}'%v); cases.append('{{ not %s }}'%v)
    cases.append('{{ %s | tojson(indent=2) }}'%v); cases.append('{{ -%s }}'%v); cases.append('{%% for x in %s %%}<{{ x }}|{{ loop.index }}>{%% else %%}none{%% endfor %%}'%v)
    for i in ['0','-1','5',"'a'",'none','1:','::-1',':2','-2:','::2','3:0:-1',':-1',"1.0","true"]:
        cases.append('{{ %s[%s] }}'%('(%s)'%v,i))
    for f in "abs capitalize center(9) count length default('D') default('D',true) dictsort e escape first float int items join join('-') join(',') last list lower max min reject reject('none') reject('odd') reverse round round(1) select select('string') sort sort(reverse=true) string sum title trim trim('a') truncate(5) truncate(5,true,'') unique upper wordcount indent indent(2,true) indent('>>') urlencode map('upper') map('string') map(attribute='a') map(attribute='a',default='z') selectattr('a') selectattr('a','equalto',1) rejectattr('a','defined') groupby('a') batch(2) batch(2,'x') slice(2) slice(2,'x') replace('a','b') replace('a','b',1) attr('upper') float(1.5) int(9) int(0,16) format(1) sum(attribute='a') unique(attribute='a') sort(attribute='a') max(attribute='a') min(case_sensitive=true) sort(case_sensitive=true) bool nofilter pprint".split():
        cases.append('{{ %s | %s }}'%('(%s)'%v,f)); cases.append('{{ %s | %s | list }}'%('(%s)'%v,f)); 
    for t in ["boolean","callable","defined","undefined","divisibleby(2)","divisibleby 2","even","odd","false","true","none","float","integer","number","string","mapping","sequence","iterable","lower","upper","escaped","sameas(none)","sameas none","in [1,'a']","in 'abc'","eq 1","ne 1","lt 2","ge 'a'","equalto('a')","== 1","notest","not none","not defined","not string"]:
        cases.append('{{ %s is %s }}'%('(%s)'%v,t))
    for m in ["upper()","lower()","strip()","strip('a')","lstrip(' x')","rstrip('\\n')","split()","split(',')","split(',',1)","split(none,1)","split(sep=',',maxsplit=1)","rsplit(',',1)","rsplit(none,1)","splitlines()","splitlines(true)","partition(',')","rpartition('b')","replace('a','b')","replace('a','b',1)","replace('','-')","startswith('a')","startswith(('x','a'))","endswith('c')","startswith('b',1)","endswith('b',0,2)","find('b')","rfind('a')","index('b')","count('a')","count('')","join(['x','y'])","join([1])","title()","capitalize()","swapcase()","casefold()","zfill(6)","ljust(6,'*')","rjust(6)","center(7,'.')","center(8,'.')","expandtabs()","isdigit()","isalpha()","isalnum()","isspace()","isupper()","islower()","istitle()","isnumeric()","isdecimal()","isidentifier()","isascii()","isprintable()","removeprefix('a')","removesuffix('c')","format(1,2)","get('a')","get('zz')","get('zz',5)","items()","keys()","values()","copy()","append(1)","pop()","update({})","index(1)","count(1)","length","a","b","__class__","strip(1)","split(1)","nomethod()","encode()","get()","upper(1)","keys","items"]:
        cases.append('{{ (%s).%s }}'%(v,m))
for a,b in itertools.product(vals,vals):
    for o in random.sample(ops,9): cases.append('{{ (%s) %s (%s) }}'%(a,o,b))
fm=["%s","%d","%5d|","%-5d|","%05d","%+d","% d","%x","%X","%#x","%o","%c","%e","%.2e","%f","%.0f","%.3f","%10.2f|","%g","%.3g","%G","%r","%5s|","%-5s|","%.2s","%%","%i","%5.1f","%08.3f","%a","%q","%"]
for f in fm:
    for v in vals[:35]: cases.append("{{ '%s' %% (%s) }}"%(f,v)); cases.append("{{ '%s' %% (%s,) }}"%(f,v)); cases.append("{{ '%s' | format(%s) }}"%(f,v))
bf=["{}","{0}","{0!r}","{:>8}|","{:<8}|","{:^8}|","{:*^9}","{:08.3f}","{:,}","{:.2f}","{:d}","{:x}","{:#x}","{:b}","{:e}","{:g}","{:%}","{:.1%}","{:+}","{:s}","{:5}|","{{}}","{0[0]}","{a}","{0.real}","{:_}","{:10,.2f}","{!s:>5}","{:{}}","{","}"]
for f in bf:
    for v in vals[:40]: cases.append("{{ '%s'.format(%s) }}"%(f.replace("{{","{{"),v))
small = {'d':{'x':1,'items':2,'y':[1,{'z':None}]},'msgs':[{'role':'user','content':'hi'},{'role':'assistant','content':None,'tool_calls':[{'a':1}]}]}
data = {'msgs':[{'role':'user','content':' hi\n'},{'role':'assistant','content':None,'tool_calls':[{'name':'f','args':{'a':1}}]},{'role':'user','content':'x\r\ny'}],'flag':True,'n':3,'s':'a-b','none_':None,'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object','properties':{'b':{'type':'string','enum':['x','y']}, 'a':{}}, 'required':['b']}}}],'add_generation_prompt':True,'bos_token':'<s>'}
ws=['',' ','\n','\n\n','  ','\t','\r\n',' \n ','\n  ','\x0b','\u00a0','x','y z','  x','\n<|im|>\n','{','}','%}','#}','}}','-','\ufeff','\u2028','\x85']
def W(): return random.choice(ws)
def sg(): return random.choice(['','','-','+'])
def es(): return random.choice(['','','-'])
exprs=["n","s","flag","nope","none_","msgs|length","msgs[0].content","msgs[1]['role']","m.role","m.content","m.get('content')","loop.index","loop.first","1+2*3","n ~ s ~ 1","1 < n < 4","n > 2 > 1","not flag","'a' in s","s.split('-')","s.split('-')|join(',')","m is defined","m is not defined","n is divisibleby 3","n is divisibleby(2)","m.content is string","m.content is none or m.role == 'user'","x","{'a': [1,2,{'b':none}]}","{'a':{'b':1}}.a.b","(1,)","()","(1,2)","[1,2,3][-1]","'x' if flag","'x' if not flag else 'y'","msgs|map(attribute='role')|list","msgs|selectattr('role','equalto','user')|list|length","tools|tojson","tools[0].function.parameters|tojson(indent=4)","tools[0].function","'%s' % n","1e2","1_000","0x1f","-n","- -n","+n","2**3**2","-2**2","n//2","-7//2","-7%3","7.5//2","'a' 'b'","\"it's\"","'\\n\\t\\x41\\u00e9\\d'","s|upper|lower","'a'|upper~'b'","-1|abs","n|string+'x'","(n+1)|string","s[0]","s[-1:]","s[::-1]","msgs[::-1]|length","msgs[1:]|length","loop.last and flag","loop.previtem.role","loop.nextitem","loop.cycle('o','e')","loop.changed(m.role)","namespace(a=1).a","dict(a=1,b=2)","range(3)|list","range(1,n)|sum","f(1)","f(1,b=2)","f()","g('z')","n in [1,3]","n not in [1,3]","not n in [1,3]","n == 3.0","'3' == 3","true == 1","[1,2] < [1,3]","flag is sameas true","n is in [3]","n is not none and flag","m.content|default('d')","m.content|default('d',true)","msgs|last","msgs|first|length","msgs|groupby('role')|list|length","a.b","nope.x","m.tool_calls is defined and m.tool_calls","m.items()|list","m|items|list","m|dictsort","raise_exception('no')","ns.c","joined()","n if n else s if s else 1","[n,s,]","{'a':1,}"]
def E(): return random.choice(exprs)
depth=0
def block(d):
    return ''.join(piece(d) for _ in range(random.randint(1,3)))
def stmt(t): return '{%'+sg()+' '+t+' '+random.choice(['','','-','+'])+'%}'
def piece(d):
    r=random.random()
    if r<.3: return W()
    if r<.5: return '{{'+es()+random.choice([' ','','\n'])+E()+random.choice([' ','','\r\n'])+es()+'}}'
    if r<.55: return '{#'+es()+random.choice([' c ','{{x}}','\n','a{%b%}'])+es()+'#}'
    if r<.58: return '{%'+es()+' raw '+es()+'%}'+W()+'{{ x }}{% y %}'+W()+'{%'+es()+' endraw '+random.choice(['','-','+'])+'%}'
    if d<=0: return W()
    k=random.choice(['if','if','for','for','set','setb','macro','call','filter','with','brk','ns','gen'])
    if k=='if': return stmt('if '+E())+block(d-1)+(stmt('elif '+E())+block(d-1) if random.random()<.3 else '')+(stmt('else')+block(d-1) if random.random()<.4 else '')+stmt('endif')
    if k=='for': return stmt(random.choice(['for m in msgs','for x in s','for m in msgs if m.role == "user"','for m in []','for k, v in {"a":1,"b":2}.items()','for x in range(n)','for m in msgs[1:]','for k in tools[0].function','for m in nope','for x in [1,2,2,3] if x > 1','for a, (b, c) in [(1,(2,3))]']))+block(d-1)+(stmt('else')+block(d-1) if random.random()<.2 else '')+stmt('endfor')
    if k=='set': return stmt(random.choice(['set x = ','set n = ','set s = ','set x = '])+E())
    if k=='ns': return stmt('set ns = namespace(c=0)')+stmt('for q in [1,2]')+stmt('set ns.c = ns.c + q')+block(d-1)+stmt('endfor')+'{{ns.c}}'
    if k=='setb': return stmt(random.choice(['set x','set x | upper','set s']))+block(d-1)+stmt('endset')
    if k=='macro': return stmt(random.choice(['macro f(a, b=n)','macro f(a=1)','macro g(a)','macro f(x, b=x)']))+block(d-1)+random.choice(['{{a}}','{{b}}','{{varargs}}{{kwargs}}','{{caller() if caller}}',''])+stmt('endmacro')+random.choice(['','{{ f(1) }}','{{ g(2) }}','{{ f(1,2,3) }}','{{ f(b=1) }}'])
    if k=='call': return stmt('macro h(a)')+'<{{ caller(a) }}>'+stmt('endmacro')+stmt('call(z) h(n)')+'{{ z }}'+block(d-1)+stmt('endcall')
    if k=='filter': return stmt('filter '+random.choice(['upper','trim',"replace('x','y')",'indent(2)']))+block(d-1)+stmt('endfilter')
    if k=='with': return stmt(random.choice(['with','with x=1','with x=n, n=2']))+block(d-1)+'{{x}}{{n}}'+stmt('endwith')
    if k=='gen': return block(d-1)
    return stmt('for x in [1,2,3]')+'{{x}}'+stmt('if x == 2')+stmt(random.choice(['break','continue']))+stmt('endif')+'.'+stmt('endfor')


def render(template, variables):
    try:
        return environment.from_string(template).render(**variables)
    except Exception:
        return None


def rows(templates, variables, which, most):
    kept = []
    for template in templates:
        text = render(template, variables)
        if text is None or re.search(r" at 0x|built-in|range\(\[", text) or len(template) + len(text) > 600:
            continue
        if re.search(r"encode\(\)|pprint|\) \*\* \(|swapcase|range.*\[", template):
            continue
        kept.append([template, text, which])
        if len(kept) == most:
            return kept
    return kept


random.shuffle(cases)
expressions = ["{% set ns = namespace(a=1) %}" + case for case in cases]
statements = (block(3) for _ in range(100_000))
result = {"data": [small, data], "rows": rows(expressions, small, 0, 700) + rows(statements, data, 1, 150)}
json.dump(result, sys.stdout, ensure_ascii=True, separators=(",", ":"))
print()
